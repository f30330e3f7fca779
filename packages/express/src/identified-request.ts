import { PeerGateError } from '@peergate/core'
import type {
  Admission,
  ClientIdentity,
  PeerGate,
  ProblemDetails,
  RefusalAnswer,
} from '@peergate/core'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { handOn } from './hand-on.js'
import type { AppLike, Next } from './middleware.js'

/** What `clientIdentity` leaves on a request for the requirements behind it. */
export interface IdentifiedRequest {
  readonly gate: PeerGate
  readonly admission: Admission
  readonly answer: Answer
  /** Asks whether whoever has no identity may go on without a requirement; null for yes. */
  readonly refuseUnidentified: () => PeerGateError | null
  /** Whether a requirement has let the request pass. */
  allowed: boolean
}

/** Answers a refused request, or hands the error on, as `clientIdentity` was told to. */
export type Answer = (
  error: PeerGateError,
  req: IncomingMessage,
  res: ServerResponse,
  next: Next,
) => void

/** Where a request keeps what is known of it. Neither a copy of it nor a mocked one has its place. */
class Place {
  readonly #request: IncomingMessage
  identified: IdentifiedRequest | undefined

  constructor(request: IncomingMessage) {
    this.#request = request
  }

  static of(request: IncomingMessage): Place | undefined {
    const { [placeKey]: place } = request as { readonly [placeKey]?: unknown }
    if (typeof place !== 'object' || place === null || !(#request in place)) return undefined
    return place.#request === request ? place : undefined
  }
}

const placeKey = Symbol('peergate.place')

/**
 * Gives a request its place, before Express gives it another prototype: to add to it afterwards costs
 * more than all else, and a `WeakMap` of requests keeps the garbage collector busy.
 */
export function makePlace(req: IncomingMessage): Place {
  const place = Place.of(req) ?? new Place(req)
  ;(req as { [placeKey]?: Place })[placeKey] = place
  return place
}

export function markIdentified(req: IncomingMessage, identified: IdentifiedRequest): void {
  makePlace(req).identified = identified
}

/** What `clientIdentity` left on `req`; undefined where it did not run. */
export function identifiedOf(req: IncomingMessage): IdentifiedRequest | undefined {
  return Place.of(req)?.identified
}

/** Gives all requests of an application a `clientIdentity` that nobody can overwrite. */
export function decorateRequests(app: AppLike): void {
  const { request } = app as unknown as { readonly request: object }
  Object.defineProperty(request, 'clientIdentity', { get: readIdentity, enumerable: true })
}

function readIdentity(this: IncomingMessage): ClientIdentity | null | undefined {
  return identifiedOf(this)?.admission.identity
}

export function missingIdentity(): PeerGateError {
  const fault =
    'app.use(clientIdentity(gate)), with the same gate, must come before what needs the peer'
  return new PeerGateError('ERR_PEERGATE_MIDDLEWARE_MISSING', fault)
}

export function createAnswer({ forward, problem }: RefusalAnswer): Answer {
  if (forward) return (error, _req, _res, next) => next(error)
  return (error, req, res, next) => {
    // Something may have answered while a predicate was waited for.
    if (res.headersSent) return next(error)
    try {
      return sendProblem(problem(error, req.headers), res)
    } catch (thrown) {
      // By a `writeHead` that other middleware wraps, when nobody may be left to catch it.
      return handOn(thrown, next, 'an answer threw nothing')
    }
  }
}

/** Node can be told to throw where HEAD is answered with a body. */
export function sendProblem(
  { statusCode, headers, body }: ProblemDetails,
  res: ServerResponse,
): void {
  res.writeHead(statusCode, headers).end(res.req.method === 'HEAD' ? undefined : body)
}
