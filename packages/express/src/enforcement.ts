import { createRefusalAnswer, onceDecided } from '@peergate/core'
import type { Guard, PeerGate, RequestPlace, Requirement } from '@peergate/core'
import type { IncomingMessage } from 'node:http'
import { withoutAmbiguous } from './ambiguous-parameters.js'
import { declaredPathOf } from './declared-paths.js'
import { createAnswer, identifiedOf, missingIdentity } from './identified-request.js'
import type { Middleware } from './middleware.js'
import { assignRole, isUsed } from './role.js'
import type { Role } from './role.js'
import type { RouteLike } from './router.js'

/** A requirement that is ready for requests. */
export interface Enforcement {
  readonly gate: PeerGate
  readonly guard: Guard
  /** Lets a request go on to `next` or answers it; `place` is what Express calls for that. */
  readonly enforce: (place: object, ...request: Parameters<Middleware>) => void
}

/** @throws {PeerGateError} what `gate.guard` throws, and ERR_PEERGATE_OPTION_INVALID for what is no gate */
export function createEnforcement(
  owner: string,
  gate: PeerGate,
  requirement: Requirement,
): Enforcement {
  const answerMissing = createAnswer(createRefusalAnswer(owner, gate))
  const guard = gate.guard(requirement)
  return {
    gate,
    guard,
    enforce(place, req, res, next) {
      const identified = identifiedOf(req)
      if (identified?.gate !== gate) return answerMissing(missingIdentity(), req, res, next)
      onceDecided(
        () => guard(identified.admission, req, paramsAt(place, req), () => placeOf(place, req)),
        (decision) => {
          if (!decision.allowed) return identified.answer(decision.error, req, res, next)
          identified.allowed = true
          return next()
        },
      )
    },
  }
}

interface RoutedRequest extends IncomingMessage {
  /** Still there when the request has left the route. */
  readonly route?: RouteLike
  readonly params?: unknown
  /** What the routers that the request is in have taken from its URL. */
  readonly baseUrl?: string
}

/**
 * The parameters of the route that `place` stands in; null outside of routes: what `use` gave a path
 * may differ from what the route behind it calls by the same name.
 */
function paramsAt(place: object, req: RoutedRequest): unknown {
  const route = isUsed(place) ? null : routeAround(place, req)
  return route === null ? null : withoutAmbiguous(route, req.params)
}

/** Where a request came to, for the records of the gate. */
function placeOf(place: object, req: RoutedRequest): RequestPlace {
  const path = pathAt(place, req)
  return { raw: req, route: path === null ? null : `${String(req.method)} ${path}` }
}

/** The path of a middleware is none that leads to an answer, but for one that declares its routes. */
function pathAt(place: object, req: RoutedRequest): string | null {
  const route = routeAround(place, req)
  if (route !== null && isUsed(place)) return null
  return declaredPathOf(route ?? place, String(req.baseUrl))
}

function routeAround(place: object, { route }: RoutedRequest): RouteLike | null {
  return route?.stack.some(({ handle }) => handle === place) === true ? route : null
}

/** Gives a middleware that enforces something its role. */
export function assignEnforcement(
  role: Role,
  enforcement: Enforcement,
  middleware: Middleware,
): Middleware {
  enforcements.set(middleware, enforcement)
  return assignRole(role, middleware)
}

/** What a middleware enforces; undefined for one that enforces nothing. */
export function enforcementOf(middleware: object): Enforcement | undefined {
  return enforcements.get(middleware)
}

const enforcements = new WeakMap<object, Enforcement>()
