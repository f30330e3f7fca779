import { inspect, isDeepStrictEqual } from 'node:util'
import type { DeclaredRoute, Guard } from '@peergate/core'
import { parametersOf } from './route-parameters.js'

/** A route as Fastify told of it. */
export interface SeenRoute {
  readonly urls: readonly string[]
  readonly constraints: Readonly<Record<string, unknown>>
  /** Whether it serves every method that its server knows. */
  readonly isForAll: boolean
  /** The guards of each of its methods. */
  readonly guards: ReadonlyMap<string, readonly Guard[]>
}

/** One method of a route at one of its URLs. */
interface Entry extends Pick<SeenRoute, 'constraints'> {
  readonly url: string
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

function listMethods({ urls, constraints, isForAll, guards }: SeenRoute): readonly Entry[] {
  const needs = Array.from(guards, ([method, own]) => ({ method, guards: own }))
  const [first] = needs
  const isOne = isForAll && first !== undefined && needs.every((need) => isSameNeed(first, need))
  const methods = isOne ? [{ ...first, method: 'ALL' }] : needs
  return urls.flatMap((url) =>
    methods.map(({ method, guards: own }) => ({ url, constraints, method, guards: own })),
  )
}

function isSame(one: Entry, other: Entry): boolean {
  const isSamePlace = one.url === other.url && isDeepStrictEqual(one.constraints, other.constraints)
  return isSamePlace && isSameNeed(one, other)
}

/** Guards are compared as functions: one requirement has one. */
function isSameNeed(one: Pick<Entry, 'guards'>, other: Pick<Entry, 'guards'>): boolean {
  return isDeepStrictEqual(one.guards, other.guards)
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
