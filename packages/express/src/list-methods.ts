import { METHODS } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import { roleOf } from './role.js'
import { isErrorHandler } from './router.js'
import type { HandlerLike, LayerLike, RouteLike } from './router.js'

/** A method of a route, and what of ours stands before the handlers of it. */
export interface ListedMethod {
  /** In upper case; `ALL` for every one. */
  readonly method: string
  /**
   * One for each handler that has something of its own to meet: whether those before it answer or go
   * on cannot be seen.
   */
  readonly stages: readonly Stage[]
}

/** What a request meets before a handler. */
type Stage = readonly HandlerLike[]

/** The methods that a route answers. */
export function listMethods({ stack }: RouteLike): readonly ListedMethod[] {
  const methods = new Set(stack.filter(isAnswering).map(({ method }) => method))
  const listed = Array.from(methods, (method) => ({
    method: method?.toUpperCase() ?? 'ALL',
    stages: listStages(stack, method),
  }))
  // `app.all` adds its handlers for each method that there is.
  const [first, ...others] = listed
  const isForAll = METHODS.every((method) => methods.has(method.toLowerCase()))
  const isOne = others.every(({ stages }) => isDeepStrictEqual(stages, first?.stages))
  return first !== undefined && isForAll && isOne ? [{ ...first, method: 'ALL' }] : listed
}

function isAnswering({ handle }: LayerLike): boolean {
  if (isErrorHandler(handle)) return false
  return roleOf(handle) === undefined || roleOf(handle) === 'declared'
}

/** The requirements that a request meets before each handler, and that of the handler. */
function listStages(stack: readonly LayerLike[], method: string | undefined): readonly Stage[] {
  const own = stack.filter((layer) => layer.method === undefined || layer.method === method)
  const stages = own.flatMap((layer, index) => {
    if (!isAnswering(layer)) return []
    return [own.slice(0, index + 1).flatMap(({ handle }) => (isDemanding(handle) ? [handle] : []))]
  })
  return stages.filter((stage, index) => stage.length !== stages[index - 1]?.length)
}

function isDemanding(handle: HandlerLike): boolean {
  return roleOf(handle) === 'requirement' || roleOf(handle) === 'declared'
}
