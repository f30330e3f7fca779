import {
  authenticated as anyIdentity,
  createRefusalAnswer,
  publicRoute as anyPeer,
} from '@peergate/core'
import type { Guard, PeerGate, Requirement } from '@peergate/core'
import { createAnswer, identifiedOf, missingIdentity } from './identified-request.js'
import type { Middleware } from './middleware.js'
import { assignRole } from './role.js'

/**
 * Lets a request pass if its peer holds a permission: a bare tag of the registered policy, or
 * `gate.permission('…')`. Answers 401 or 403 otherwise.
 *
 * @throws {PeerGateError} ERR_PEERGATE_PERMISSION_UNKNOWN or ERR_PEERGATE_GATE_FOREIGN
 */
export function requirePermission(gate: PeerGate, permission: Requirement): Middleware {
  return assignRole('requirement', enforce(gate, gate.guard(permission)))
}

/** Lets a request pass if its peer has an identity, whatever it may do. */
export function authenticated(gate: PeerGate): Middleware {
  return assignRole('requirement', enforce(gate, gate.guard(anyIdentity)))
}

/** Lets a request pass if its peer came through the TLS gate, with an identity or without. */
export function publicRoute(gate: PeerGate): Middleware {
  return assignRole('requirement', enforce(gate, gate.guard(anyPeer)))
}

/**
 * Ends the routes: a peer without an identity gets the same answer for what does not exist as for
 * what does; everybody else goes on to the application's 404.
 */
export function denyUnmatched(gate: PeerGate): Middleware {
  return assignRole('unmatched', enforce(gate, gate.guard(anyIdentity)))
}

function enforce(gate: PeerGate, guard: Guard): Middleware {
  const answerMissing = createAnswer(createRefusalAnswer('requirement', gate))
  return function enforceRequirement(req, res, next) {
    const identified = identifiedOf(req)
    if (identified?.gate !== gate) return answerMissing(missingIdentity(), res, next)
    const decision = guard(identified.admission)
    if (decision.allowed) next()
    else identified.answer(decision.error, res, next)
  }
}
