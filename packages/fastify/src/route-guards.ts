import { PeerGateError, authenticated } from '@peergate/core'
import type { DeclaredRoute, Guard, PeerGate } from '@peergate/core'
import type { FastifyInstance, RouteOptions } from 'fastify'
import type { Guards } from './ask-all.js'
import type { AnyRequest } from './enforce.js'
import { listRoutes } from './list-routes.js'
import type { RouteRequirements } from './route-requirements.js'
import { createRouteStatements } from './route-statements.js'

/** The guards of the routes of one registration, made as the routes are declared. */
export interface RouteGuards {
  readonly guardRoute: (scope: FastifyInstance, route: RegisteredRoute) => void
  /** All guards of the route that serves `request`; for one without, a guard that lets nobody pass. */
  readonly guardsOf: (request: AnyRequest) => Guards
  readonly list: () => readonly DeclaredRoute[]
  readonly isComplete: () => boolean
  /** Remembers that no route comes any more, and warns of those that are closed. */
  readonly complete: () => void
}

/** A route as Fastify tells of it; the path is the one below the prefix. */
type RegisteredRoute = RouteOptions & { readonly routePath: string }

/** Where it was declared, and what it was called when the gate was told of it. */
interface ToldRoute {
  readonly scope: FastifyInstance
  readonly route: RegisteredRoute
  readonly url: string
  readonly routePath: string
}

export function createRouteGuards(
  gate: PeerGate,
  { find, findInHooks }: Pick<RouteRequirements, 'find' | 'findInHooks'>,
): RouteGuards {
  const guardIdentified = gate.guard(authenticated)
  const seen: ToldRoute[] = []
  const statements = createRouteStatements(findInHooks)
  let isComplete = false

  function list(): readonly DeclaredRoute[] {
    return listRoutes(
      seen.map((told) => {
        const { scope, route } = told
        const methods = methodsOf(route)
        const guardsOf = (method: string) => statements.recall(route.config ?? {}, method)
        return {
          urls: urlsOf(told),
          constraints: route.constraints ?? {},
          isForAll: scope.supportedMethods.every((method) => methods.includes(method)),
          guards: new Map(methods.map((method) => [method, guardsOf(method)])),
        }
      }),
    )
  }

  return {
    guardRoute(scope, route) {
      const guards = new Map(methodsOf(route).map((method) => [method, find(scope, route, method)]))
      statements.keep(route, guards)
      seen.push({ scope, route, url: route.url, routePath: route.routePath })
    },
    guardsOf({ method, routeOptions: { url, config } }) {
      // The not-found handler, as `is404` says too; Fastify makes `routeOptions` each time it is read.
      if (url === undefined) return [guardIdentified]
      const guards = statements.recallServed(config, method)
      if (isSome(guards)) return guards
      return [closeRoute(`${method} ${url}`, guardIdentified)]
    },
    list,
    isComplete: () => isComplete,
    complete() {
      isComplete = true
      const closed = list().filter(({ requirements }) => requirements.length === 0)
      if (closed.length > 0) warn(closed)
    },
  }
}

/**
 * The URLs that a route was registered with, which a later onRoute hook may have changed. The `/` below
 * a prefix is registered as `/p`, of which Fastify tells, and then with the same options as `/p/`.
 */
function urlsOf({ route, url, routePath }: ToldRoute): readonly string[] {
  return routePath === '' && route.routePath === '/' ? [url, route.url] : [route.url]
}

function isSome(guards: readonly Guard[]): guards is Guards {
  return guards.length > 0
}

function methodsOf({ method }: RouteOptions): readonly string[] {
  return [method].flat()
}

/** Only a peer with an identity is told that there is a route, and that it states nothing. */
function closeRoute(route: string, guardIdentified: Guard): Guard {
  return async (...question) => {
    const decision = await guardIdentified(...question)
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
