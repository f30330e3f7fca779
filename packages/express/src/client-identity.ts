import { createRefusalAnswer } from '@peergate/core'
import type { ClientIdentity, PeerGate, RefusalAnswerOptions } from '@peergate/core'
import { auditOf } from './audit.js'
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  createAnswer,
  identifiedOf,
  markIdentified,
  missingIdentity,
} from './identified-request.js'
import type { AppLike, Middleware, Next } from './middleware.js'
import { onMount } from './mount.js'
import { assignRole } from './role.js'

/**
 * Identifies the peer of every request, as `req.clientIdentity`, and asks nothing of it: that is for
 * the routes to state. Mount it before them.
 *
 * Until every route of the application states a requirement, all its requests are answered with 500
 * and ERR_PEERGATE_ROUTE_UNDECLARED; {@link auditRoutes} finds the same at boot.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * app.use(clientIdentity(gate))
 * app.get('/invoices/:id', requirePermission(gate, 'invoice:read'), readInvoice)
 * app.use(denyUnmatched(gate))
 * ```
 */
export function clientIdentity(gate: PeerGate, options: RefusalAnswerOptions = {}): Middleware {
  const answer = createAnswer(createRefusalAnswer('clientIdentity', gate, options))

  function identify(req: ExpressRequest, res: ServerResponse, next: Next): void {
    const fault = auditOf(req.app)
    if (fault !== null) return answer(fault, res, next)
    markIdentified(req, { gate, admission: gate.admit(req), answer })
    next()
  }

  /** The first layer of the application, so that a route before the identity is closed as well. */
  function closeUnaudited(app: AppLike): Middleware {
    return assignRole('passing', (_req, res, next) => {
      const fault = auditOf(app)
      if (fault === null) next()
      else answer(fault, res, next)
    })
  }

  return onMount(assignRole('identity', identify as Middleware), closeUnaudited)
}

/**
 * The identity of whoever sent `req`.
 *
 * @throws {PeerGateError} why there is none; ERR_PEERGATE_MIDDLEWARE_MISSING where `clientIdentity`
 * was not mounted before
 */
export function requireIdentity(req: IncomingMessage): ClientIdentity {
  const identified = identifiedOf(req)
  if (identified === undefined) throw missingIdentity()
  const { identity, refusal } = identified.admission
  if (identity === null) throw refusal
  return identity
}

interface ExpressRequest extends IncomingMessage {
  readonly app: AppLike
}
