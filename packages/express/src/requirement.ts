import {
  PeerGateError,
  authenticated as anyIdentity,
  createRefusalAnswer,
  publicRoute as anyPeer,
} from '@peergate/core'
import type { PeerGate, Requirement } from '@peergate/core'
import { assignEnforcement, createEnforcement } from './enforcement.js'
import { createAnswer, identifiedOf } from './identified-request.js'
import type { ErrorMiddleware, Middleware } from './middleware.js'
import { assignRole } from './role.js'

/**
 * Lets a request pass if its peer meets a requirement: a permission (a bare tag of the registered
 * policy, or `gate.permission('…')`), or whatever `allOf`, `anyOf`, `trustSet`, `minimumAssurance` and
 * `when` make. Answers 401 or 403 otherwise.
 *
 * Grants that demand a parameter are met in a route alone, whose parameters they mean: a middleware that
 * is given to `use` is not told of any, nor is one that is given to both.
 *
 * @throws {PeerGateError} ERR_PEERGATE_PERMISSION_UNKNOWN, ERR_PEERGATE_GATE_FOREIGN or
 * ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * app.get('/invoices/:id', requirePermission(gate, 'invoice:read'), readInvoice)
 * ```
 */
export function requirePermission(gate: PeerGate, requirement: Requirement): Middleware {
  return enforce('requirePermission', gate, requirement)
}

/**
 * Lets a request pass if its peer has an identity, whatever it may do.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 */
export function authenticated(gate: PeerGate): Middleware {
  return enforce('authenticated', gate, anyIdentity)
}

/**
 * Lets a request pass if its peer came through the TLS gate, with an identity or without.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 */
export function publicRoute(gate: PeerGate): Middleware {
  return enforce('publicRoute', gate, anyPeer)
}

/** What `use` takes as one: middleware, and what handles the errors that it does not see. */
export type Ending = [Middleware, ErrorMiddleware]

/**
 * Ends the routes: a peer without an identity gets the same answer for what does not exist as for
 * what does; everybody else goes on to the application's 404. Error handlers come after it.
 *
 * Whatever such a peer meets before a requirement has let it pass is answered in the same way: the
 * 400 of a path that cannot be decoded, the error of a body parser, and the methods that Express
 * lists for OPTIONS by itself. What `requireIdentity` throws is answered as any refusal.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * app.use(denyUnmatched(gate))
 * app.use(handleError)
 * ```
 */
export function denyUnmatched(gate: PeerGate): Ending {
  return [enforce('denyUnmatched', gate, anyIdentity), assignRole('unmatched', endErrors(gate))]
}

function endErrors(gate: PeerGate): ErrorMiddleware {
  const answerMissing = createAnswer(createRefusalAnswer('denyUnmatched', gate))
  return function answerRefusal(error, req, res, next) {
    const identified = identifiedOf(req)
    const refusal = identified?.allowed === false ? identified.refuseUnidentified() : null
    const shown = refusal ?? error
    if (!(shown instanceof PeerGateError)) return next(error)
    const answer = identified?.answer ?? answerMissing
    return answer(shown, req, res, next)
  }
}

function enforce(owner: string, gate: PeerGate, requirement: Requirement): Middleware {
  const enforcement = createEnforcement(owner, gate, requirement)
  function enforceRequirement(...[req, res, next]: Parameters<Middleware>): void {
    enforcement.enforce(enforceRequirement, req, res, next)
  }
  return assignEnforcement('requirement', enforcement, enforceRequirement)
}
