import { METHODS } from 'node:http'
import { roleOf } from './role.js'
import { isErrorHandler } from './router.js'
import type { HandlerLike, LayerLike, RouteLike } from './router.js'

/** A method of a route, and what of ours stands before the handler of it. */
export interface ListedMethod {
  /** In upper case; `ALL` for every one. */
  readonly method: string
  readonly handles: readonly HandlerLike[]
}

/** The methods that a route answers. */
export function listMethods({ stack }: RouteLike): readonly ListedMethod[] {
  const methods = new Set(stack.filter(isAnswering).map(({ method }) => method))
  const listed = Array.from(methods, (method) => ({
    method: method?.toUpperCase() ?? 'ALL',
    handles: listHandles(stack, method),
  }))
  // `app.all` adds its handlers for each method that there is.
  const [first, ...others] = listed
  const isForAll = METHODS.every((method) => methods.has(method.toLowerCase()))
  if (first === undefined || !isForAll || !others.every((other) => isSame(first, other)))
    return listed
  return [{ ...first, method: 'ALL' }]
}

function isAnswering({ handle }: LayerLike): boolean {
  if (isErrorHandler(handle)) return false
  return roleOf(handle) === undefined || roleOf(handle) === 'declared'
}

/** The requirements that a request meets before the first handler, and that of the handler. */
function listHandles(
  stack: readonly LayerLike[],
  method: string | undefined,
): readonly HandlerLike[] {
  const own = stack.filter((layer) => layer.method === undefined || layer.method === method)
  const before = own.slice(0, own.findIndex(isAnswering) + 1)
  return before
    .map(({ handle }) => handle)
    .filter((handle) => roleOf(handle) === 'requirement' || roleOf(handle) === 'declared')
}

function isSame(one: ListedMethod, other: ListedMethod): boolean {
  return (
    one.handles.length === other.handles.length &&
    one.handles.every((handle, index) => handle === other.handles[index])
  )
}
