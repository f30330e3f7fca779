import { PeerGateError } from '@peergate/core'
import type { Guard } from '@peergate/core'

/** What the routes of each scope need where they state nothing themselves. */
export interface ScopeDefaults {
  /** By the scope itself or the nearest around it. */
  readonly find: (scope: object) => Guard | undefined
  /**
   * @throws {PeerGateError} ERR_PEERGATE_ROUTE_TOO_EARLY if the scope or one below it has routes, and
   * ERR_PEERGATE_OPTION_INVALID if it has a default of its own
   */
  readonly set: (scope: object, guard: Guard) => void
  /** Remembers that `scope` has a route. */
  readonly seal: (scope: object) => void
}

/** `fallback` is for scopes without a default of their own or around them. */
export function createScopeDefaults(fallback: Guard | undefined): ScopeDefaults {
  const guards = new WeakMap<object, Guard>()
  const sealed = new WeakSet<object>()
  return {
    find(scope) {
      const owner = scopesAround(scope).find((outer) => guards.has(outer))
      return owner === undefined ? fallback : guards.get(owner)
    },
    set(scope, guard) {
      if (sealed.has(scope)) {
        const fault =
          'setDefaultRequirement must be called before the routes of its scope are declared'
        throw new PeerGateError('ERR_PEERGATE_ROUTE_TOO_EARLY', fault)
      }
      if (guards.has(scope)) {
        const fault = 'setDefaultRequirement: a scope has one default, and this one was set before'
        throw new PeerGateError('ERR_PEERGATE_OPTION_INVALID', fault)
      }
      guards.set(scope, guard)
    },
    seal(scope) {
      for (const outer of scopesAround(scope)) sealed.add(outer)
    },
  }
}

/** Fastify derives the instance of a scope from the one around it. */
function scopesAround(scope: object): readonly object[] {
  const outer: object | null = Object.getPrototypeOf(scope)
  return outer === null || outer === Object.prototype ? [scope] : [scope, ...scopesAround(outer)]
}
