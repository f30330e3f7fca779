import { PeerGateError, authenticated } from '@peergate/core'
import type { DeclaredRoute, Guard, PeerGate, Requirement } from '@peergate/core'
import type { FastifyContextConfig, FastifyInstance, RouteOptions } from 'fastify'
import type { AnyRequest } from './enforce.js'
import { listRoutes } from './list-routes.js'
import type { RouteRequirements } from './route-requirements.js'

/** The guards of the routes of one registration, made as the routes are declared. */
export interface RouteGuards {
  readonly guardRoute: (scope: FastifyInstance, route: RouteOptions) => void
  /** The guard of the route that serves `request`; for one without, a guard that lets nobody pass. */
  readonly guardOf: (request: AnyRequest) => Guard
  readonly list: () => readonly DeclaredRoute[]
  readonly warnOfClosed: () => void
}

/** What a route stated, kept on its config: the one part of its options that a request leads to. */
interface Statement {
  readonly permission: Requirement | undefined
  readonly guards: ReadonlyMap<string, readonly Guard[]>
}

export function createRouteGuards(gate: PeerGate, find: RouteRequirements['find']): RouteGuards {
  const guardIdentified = gate.guard(authenticated)
  const seen: {
    readonly scope: FastifyInstance
    readonly route: RouteOptions
    readonly url: string
  }[] = []
  // Of this registration alone: what another gate compiled is no statement to this one.
  const statementKey = Symbol('peergate.statement')

  function recall(config: FastifyContextConfig, method: string): readonly Guard[] {
    const { [statementKey]: statement } = config as { readonly [statementKey]?: Statement }
    // A permission that a later onRoute hook put here was never compiled.
    if (statement?.permission !== config.permission) return []
    return statement?.guards.get(method) ?? []
  }

  function list(): readonly DeclaredRoute[] {
    return listRoutes(
      seen.map(({ scope, route, url }) => {
        const methods = methodsOf(route)
        return {
          url,
          constraints: route.constraints ?? {},
          isForAll: scope.supportedMethods.every((method) => methods.includes(method)),
          guards: new Map(methods.map((method) => [method, recall(route.config ?? {}, method)])),
        }
      }),
    )
  }

  return {
    guardRoute(scope, route) {
      const guards = new Map(methodsOf(route).map((method) => [method, find(scope, route, method)]))
      const statement: Statement = { permission: route.config?.permission, guards }
      route.config = Object.assign({ ...route.config }, { [statementKey]: statement })
      seen.push({ scope, route, url: route.url })
    },
    guardOf({ is404, method, routeOptions }) {
      if (is404) return guardIdentified
      // Whatever else the route states is asked by the hooks that state it.
      const [guard] = recall(routeOptions.config, method)
      return guard ?? closeRoute(`${method} ${routeOptions.url}`, guardIdentified)
    },
    list,
    warnOfClosed() {
      const closed = list().filter(({ requirements }) => requirements.length === 0)
      if (closed.length > 0) warn(closed)
    },
  }
}

function methodsOf({ method }: RouteOptions): readonly string[] {
  return [method].flat()
}

/** Only a peer with an identity is told that there is a route, and that it states nothing. */
function closeRoute(route: string, guardIdentified: Guard): Guard {
  return async (sender) => {
    const decision = await guardIdentified(sender)
    if (!decision.allowed) return decision
    const fault = `${route} states no requirement that the gate has seen: give it config.permission, or name it in routes`
    const error = new PeerGateError('ERR_PEERGATE_ROUTE_UNDECLARED', fault)
    return { allowed: false, reason: 'refused', grant: null, error }
  }
}

function warn(closed: readonly DeclaredRoute[]): void {
  const names = closed.map(({ method, path }) => `${method} ${path}`)
  const warning = `these routes state no requirement and are closed: ${names.join(', ')}`
  process.emitWarning(warning, { type: 'PeergateWarning', code: 'ERR_PEERGATE_ROUTE_UNDECLARED' })
}
