import { PeerGateError } from '@peergate/core'
import type { Guard, PeerGate, Requirement } from '@peergate/core'
import type { FastifyRequest, RouteOptions, onRequestHookHandler } from 'fastify'

/** The guards of the routes of one scope, made as the routes are declared. */
export interface RouteGuards {
  /** An `onRoute` hook. */
  readonly guardRoute: (route: RouteOptions) => void
  /** The guard of the route that serves `request`; undefined if it states nothing. */
  readonly guardOf: (request: FastifyRequest) => Guard | undefined
  /** Marks a hook as stating the requirement of the routes that it is given to. */
  readonly stateBy: (guard: Guard, hook: onRequestHookHandler) => onRequestHookHandler
  /** Warns of the routes that state nothing, and throws for a statement that no route goes with. */
  readonly report: () => void
}

const guardsKey = Symbol('peergate.guards')

/** Kept on the config, the one part of a route's options that a request leads to. */
interface GuardedConfig {
  readonly [guardsKey]?: ReadonlyMap<string, Guard>
}

export function createRouteGuards(options: {
  readonly gate: PeerGate
  readonly defaults: Requirement | undefined
  readonly routes: Readonly<Record<string, Requirement>> | undefined
}): RouteGuards {
  const { gate, defaults, routes = {} } = options
  const guardsByHook = new WeakMap<object, Guard>()
  const declared = new Map(
    Object.entries(routes).map(([route, requirement]) => [route, gate.guard(requirement)]),
  )
  const unseen = new Set(declared.keys())
  const undeclared: string[] = []
  const fallback = defaults === undefined ? undefined : gate.guard(defaults)

  function findStated({ config, onRequest, preParsing, preValidation, preHandler }: RouteOptions) {
    // A key with an undefined value is a mistake, and must not become the default.
    if (config !== undefined && 'permission' in config) return gate.guard(config.permission)
    const hooks = [onRequest, preParsing, preValidation, preHandler].flat()
    const stating = hooks.find((hook) => hook !== undefined && guardsByHook.has(hook))
    return stating === undefined ? undefined : guardsByHook.get(stating)
  }

  function findDeclared(method: string, url: string): Guard | undefined {
    const names = method === 'HEAD' ? [`HEAD ${url}`, `GET ${url}`] : [`${method} ${url}`]
    const name = names.find((candidate) => declared.has(candidate))
    if (name === undefined) return undefined
    unseen.delete(name)
    return declared.get(name)
  }

  return {
    guardRoute(route) {
      const guards = new Map<string, Guard>()
      for (const method of [route.method].flat()) {
        const guard = findStated(route) ?? findDeclared(method, route.url) ?? fallback
        if (guard === undefined) undeclared.push(`${method} ${route.url}`)
        else guards.set(method, guard)
      }
      route.config = Object.assign({ ...route.config }, { [guardsKey]: guards })
    },
    guardOf({ routeOptions, method }) {
      const { [guardsKey]: guards } = routeOptions.config as GuardedConfig
      return guards?.get(method)
    },
    stateBy(guard, hook) {
      guardsByHook.set(hook, guard)
      return hook
    },
    report: () => reportRoutes(undeclared, unseen),
  }
}

function reportRoutes(undeclared: readonly string[], unseen: ReadonlySet<string>): void {
  const [misplaced] = unseen
  if (misplaced !== undefined) {
    const fault = `peergate: option "routes" names ${JSON.stringify(misplaced)}, which no plugin registered after the gate`
    throw new PeerGateError('ERR_PEERGATE_OPTION_INVALID', fault)
  }
  if (undeclared.length === 0) return
  const warning = `these routes state no requirement and are closed: ${undeclared.join(', ')}`
  process.emitWarning(warning, { type: 'PeergateWarning', code: 'ERR_PEERGATE_ROUTE_UNDECLARED' })
}
