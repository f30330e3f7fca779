import { authenticated, createRefusalAnswer } from '@peergate/core'
import type {
  Admission,
  ClientIdentity,
  PeerGate,
  PeerGateError,
  RefusalAnswerOptions,
} from '@peergate/core'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tellGate } from './app-gates.js'
import { auditOf } from './audit.js'
import { hideMethods } from './hide-methods.js'
import {
  createAnswer,
  decorateRequests,
  identifiedOf,
  markIdentified,
  missingIdentity,
  sendProblem,
} from './identified-request.js'
import type { AppLike, Middleware, Next } from './middleware.js'
import { onMount } from './mount.js'

/**
 * Identifies the peer of every request, as `req.clientIdentity`, and asks nothing of it: that is for
 * the routes to state. Give it to `use` of the application itself, before them.
 *
 * Until every route of the application states a requirement, all its requests are answered with 500
 * and ERR_PEERGATE_ROUTE_UNDECLARED, whatever `errors` says, and before any of its middleware runs.
 * The gate is told of the routes, and warns of what does not fit its policy; with `findings: 'error'`
 * that closes the application too. {@link auditRoutes} finds the same at boot. Routes that are added
 * later are audited in turn; changing the audited ones in any other way throws a TypeError. One gate
 * guards an application: `use` throws for that of another.
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
  const refusalAnswer = createRefusalAnswer('clientIdentity', gate, options)
  const answer = createAnswer(refusalAnswer)
  const guard = gate.guard(authenticated)

  /** By a guard, so that it is recorded, and only recorded where nobody is refused. */
  function refuseUnidentified(admission: Admission, req: IncomingMessage): PeerGateError | null {
    if (admission.identity !== null) return null
    const decision = guard(admission, req)
    return 'allowed' in decision && decision.allowed ? null : admission.refusal
  }

  function refuseUnaudited(app: AppLike, res: ServerResponse): boolean {
    const fault = auditOf(app)
    if (fault !== null) sendProblem(refusalAnswer.problem(fault, res.req.headers), res)
    return fault !== null
  }

  function identify(req: ExpressRequest, res: ServerResponse, next: Next): void {
    if (refuseUnaudited(req.app, res)) return
    const admission = gate.admit(req)
    const refuse = () => refuseUnidentified(admission, req)
    const identified = { gate, admission, answer, refuseUnidentified: refuse, allowed: false }
    markIdentified(req, identified)
    if (req.method === 'OPTIONS') hideMethods(res, identified)
    next()
  }

  function join(app: AppLike): void {
    tellGate(gate, app)
    decorateRequests(app)
  }

  return onMount(identify as Middleware, refuseUnaudited, join)
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
