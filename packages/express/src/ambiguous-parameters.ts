import type { RouteLike } from './router.js'

/** Remembers names that occur twice on a way to `route`: what stands before it reads another value. */
export function markAmbiguous(route: RouteLike, names: readonly string[]): void {
  ambiguous.set(route, new Set([...(ambiguous.get(route) ?? []), ...names]))
}

/** `params`, as a requirement in `route` is given them: without what occurs twice. */
export function withoutAmbiguous(route: RouteLike, params: unknown): unknown {
  const names = ambiguous.get(route)
  if (names === undefined) return params
  const entries = Object.entries(params as object).filter(([name]) => !names.has(name))
  return Object.fromEntries(entries)
}

const ambiguous = new WeakMap<RouteLike, ReadonlySet<string>>()
