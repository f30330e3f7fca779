import type { Guard, PeerGate, Requirement } from '@peergate/core'
import type { RouteOptions } from 'fastify'
import { createDeclaredRoutes } from './declared-routes.js'
import type { RequirementHook } from './enforce.js'
import { createScopeDefaults } from './scope-defaults.js'

/** What the routes of one registration need of their callers. */
export interface RouteRequirements {
  /** As `gate.guard`; one requirement has one guard, so that those of two routes can be compared. */
  readonly guardFor: (requirement: Requirement) => Guard
  /**
   * The guards of a route: by what it states, else by the option `routes`, else by the default of its
   * scope. None for a route that nobody states anything of.
   *
   * @throws {PeerGateError} what `gate.guard` throws, and ERR_PEERGATE_OPTION_INVALID for a route
   * that states its requirement twice
   */
  readonly find: (scope: object, route: RouteOptions, method: string) => readonly Guard[]
  /** The guards of the hooks that a route has at this moment. */
  readonly findInHooks: (route: RouteOptions) => readonly Guard[]
  /** Marks a hook as stating the requirement of the routes that it is given to. */
  readonly stateBy: (guard: Guard, hook: RequirementHook) => RequirementHook
  /** @throws {PeerGateError} what `gate.guard` throws, and what `ScopeDefaults.set` does */
  readonly setDefault: (scope: object, requirement: Requirement) => void
  /** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID if no route goes with a name in `routes` */
  readonly refuseUnused: () => void
}

export function createRouteRequirements(options: {
  readonly gate: PeerGate
  readonly defaults: Requirement | undefined
  readonly routes: Readonly<Record<string, Requirement>> | undefined
}): RouteRequirements {
  const { gate, defaults, routes } = options
  const guardFor = rememberGuards(gate)
  const declared = createDeclaredRoutes(guardFor, routes)
  const scopes = createScopeDefaults(defaults === undefined ? undefined : guardFor(defaults))
  const guardsByHook = new WeakMap<object, Guard>()

  function findInHooks({ onRequest, preValidation, preHandler }: RouteOptions): readonly Guard[] {
    const hooks = [onRequest, preValidation, preHandler].flat()
    return hooks.flatMap((hook) => (hook && guardsByHook.get(hook)) ?? [])
  }

  function listStated(route: RouteOptions): readonly Guard[] {
    const { config } = route
    // A key with an undefined value is a mistake, and must not become the default.
    if (!('permission' in (config ?? {}))) return findInHooks(route)
    return [guardFor(config?.permission as Requirement), ...findInHooks(route)]
  }

  return {
    guardFor,
    find(scope, route, method) {
      scopes.seal(scope)
      const stated = listStated(route)
      if (stated.length === 0) {
        return [declared.find(method, route.url) ?? scopes.find(scope) ?? []].flat()
      }
      declared.refuseStated(method, route.url)
      return stated
    },
    findInHooks,
    stateBy(guard, hook) {
      guardsByHook.set(hook, guard)
      return hook
    },
    setDefault: (scope, requirement) => scopes.set(scope, guardFor(requirement)),
    refuseUnused: declared.refuseUnused,
  }
}

function rememberGuards(gate: PeerGate): (requirement: Requirement) => Guard {
  const guards = new Map<Requirement, Guard>()
  return (requirement) => {
    const guard = guards.get(requirement) ?? gate.guard(requirement)
    guards.set(requirement, guard)
    return guard
  }
}
