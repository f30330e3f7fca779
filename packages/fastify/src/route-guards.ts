import { PeerGateError, authenticated } from '@peergate/core'
import type { Guard, PeerGate, Requirement } from '@peergate/core'
import type { FastifyContextConfig, RouteOptions } from 'fastify'
import type { AnyRequest } from './enforce.js'

/** The guards of the routes of one scope, made as the routes are declared. */
export interface RouteGuards {
  /** An `onRoute` hook. */
  readonly guardRoute: (route: RouteOptions) => void
  /** The guard of the route that serves `request`; for one without, a guard that lets nobody pass. */
  readonly guardOf: (request: AnyRequest) => Guard
  readonly warnOfClosed: () => void
}

/** What a route stated, kept on its config: the one part of its options that a request leads to. */
interface Statement {
  readonly permission: Requirement | undefined
  readonly guards: ReadonlyMap<string, Guard>
}

export function createRouteGuards(
  gate: PeerGate,
  find: (route: RouteOptions, method: string) => Guard | undefined,
): RouteGuards {
  const guardIdentified = gate.guard(authenticated)
  const seen: { readonly route: RouteOptions; readonly url: string }[] = []
  // Of this registration alone: what another gate compiled is no statement to this one.
  const statementKey = Symbol('peergate.statement')

  function recall(config: FastifyContextConfig, method: string): Guard | undefined {
    const { [statementKey]: statement } = config as { readonly [statementKey]?: Statement }
    // A permission that a later onRoute hook put here was never compiled.
    return statement?.permission === config.permission ? statement?.guards.get(method) : undefined
  }

  return {
    guardRoute(route) {
      const guards = new Map<string, Guard>()
      for (const method of methodsOf(route)) {
        const guard = find(route, method)
        if (guard !== undefined) guards.set(method, guard)
      }
      const statement: Statement = { permission: route.config?.permission, guards }
      route.config = Object.assign({ ...route.config }, { [statementKey]: statement })
      seen.push({ route, url: route.url })
    },
    guardOf({ is404, method, routeOptions }) {
      if (is404) return guardIdentified
      const guard = recall(routeOptions.config, method)
      return guard ?? closeRoute(`${method} ${routeOptions.url}`, guardIdentified)
    },
    warnOfClosed() {
      const closed = seen.flatMap(({ route, url }) =>
        methodsOf(route)
          .filter((method) => recall(route.config ?? {}, method) === undefined)
          .map((method) => `${method} ${url}`),
      )
      if (closed.length > 0) warn(closed)
    },
  }
}

function methodsOf({ method }: RouteOptions): readonly string[] {
  return [method].flat()
}

/** Only a peer with an identity is told that there is a route, and that it states nothing. */
function closeRoute(route: string, guardIdentified: Guard): Guard {
  return (sender) => {
    const decision = guardIdentified(sender)
    if (!decision.allowed) return decision
    const fault = `${route} states no requirement that the gate has seen: give it config.permission, or name it in routes`
    const error = new PeerGateError('ERR_PEERGATE_ROUTE_UNDECLARED', fault)
    return { allowed: false, reason: 'refused', error }
  }
}

function warn(closed: readonly string[]): void {
  const warning = `these routes state no requirement and are closed: ${closed.join(', ')}`
  process.emitWarning(warning, { type: 'PeergateWarning', code: 'ERR_PEERGATE_ROUTE_UNDECLARED' })
}
