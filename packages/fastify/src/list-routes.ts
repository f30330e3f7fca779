import { inspect, isDeepStrictEqual } from 'node:util'
import type { DeclaredRoute, Guard } from '@peergate/core'
import { parametersOf } from './route-parameters.js'

/** A route as Fastify told of it. */
export interface SeenRoute {
  readonly url: string
  readonly constraints: Readonly<Record<string, unknown>>
  /** Whether it serves every method that its server knows. */
  readonly isForAll: boolean
  /** The guards of each of its methods. */
  readonly guards: ReadonlyMap<string, readonly Guard[]>
}

/** One method of a route. */
interface Entry extends Pick<SeenRoute, 'constraints' | 'url'> {
  readonly method: string
  readonly guards: readonly Guard[]
}

/** The routes for the gate: `ALL` for all methods, and HEAD only where it needs something else than GET. */
export function listRoutes(seen: readonly SeenRoute[]): readonly DeclaredRoute[] {
  const entries = seen.flatMap(listMethods)
  const gets = entries.filter(({ method }) => method === 'GET')
  return entries
    .filter((entry) => entry.method !== 'HEAD' || !gets.some((get) => isSame(get, entry)))
    .map(declare)
}

function listMethods({ url, constraints, isForAll, guards }: SeenRoute): readonly Entry[] {
  const entries = Array.from(guards, ([method, own]) => ({ url, constraints, method, guards: own }))
  const [first] = entries
  const isOne = isForAll && first !== undefined && entries.every((entry) => isSame(first, entry))
  return isOne ? [{ ...first, method: 'ALL' }] : entries
}

/** Guards are compared as functions: one requirement has one. */
function isSame(one: Entry, other: Entry): boolean {
  return isDeepStrictEqual(
    [one.url, one.constraints, one.guards],
    [other.url, other.constraints, other.guards],
  )
}

function declare({ url, constraints, method, guards }: Entry): DeclaredRoute {
  const parameters = parametersOf(url)
  const texts = Object.entries(constraints).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : inspect(value),
  ])
  const requirements = guards.map((guard) => ({ guard, parameters }))
  return { method, path: url, constraints: Object.fromEntries(texts), requirements }
}
