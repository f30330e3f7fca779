import type { Guard, PeerGate, Requirement } from '@peergate/core'
import type { RouteOptions } from 'fastify'
import { createDeclaredRoutes } from './declared-routes.js'
import type { RequirementHook } from './enforce.js'

/** What the routes of one scope need of their callers. */
export interface RouteRequirements {
  /**
   * The guard of a route: by what it states, else by the option `routes`, else by default.
   *
   * @throws {PeerGateError} what `gate.guard` throws, and ERR_PEERGATE_OPTION_INVALID for a route
   * that states its requirement twice
   */
  readonly find: (route: RouteOptions, method: string) => Guard | undefined
  /** Marks a hook as stating the requirement of the routes that it is given to. */
  readonly stateBy: (guard: Guard, hook: RequirementHook) => RequirementHook
  /** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID if no route goes with a name in `routes` */
  readonly refuseUnused: () => void
}

export function createRouteRequirements(options: {
  readonly gate: PeerGate
  readonly defaults: Requirement | undefined
  readonly routes: Readonly<Record<string, Requirement>> | undefined
}): RouteRequirements {
  const { gate, defaults, routes } = options
  const declared = createDeclaredRoutes(gate, routes)
  const fallback = defaults === undefined ? undefined : gate.guard(defaults)
  const guardsByHook = new WeakMap<object, Guard>()

  function findStated({ config, onRequest, preValidation, preHandler }: RouteOptions) {
    // A key with an undefined value is a mistake, and must not become the default.
    if ('permission' in (config ?? {})) return gate.guard(config?.permission as Requirement)
    const hooks = [onRequest, preValidation, preHandler].flat()
    const stating = hooks.find((hook) => hook !== undefined && guardsByHook.has(hook))
    return stating === undefined ? undefined : guardsByHook.get(stating)
  }

  return {
    find(route, method) {
      const stated = findStated(route)
      if (stated === undefined) return declared.find(method, route.url) ?? fallback
      declared.refuseStated(method, route.url)
      return stated
    },
    stateBy(guard, hook) {
      guardsByHook.set(hook, guard)
      return hook
    },
    refuseUnused: declared.refuseUnused,
  }
}
