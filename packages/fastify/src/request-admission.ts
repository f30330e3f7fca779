import { PeerGateError } from '@peergate/core'
import type { Admission, ClientIdentity, Guard, PendingDecision } from '@peergate/core'
import type { FastifyInstance } from 'fastify'

const knownKey = Symbol('peergate.known')

interface AdmittedRequest {
  [knownKey]?: Known | null
}

/** What is known of a request. */
interface Known {
  readonly admission: Admission
  last: KnownDecision | null
}

/** What one guard said of a request, and what others said before it. */
interface KnownDecision {
  readonly guard: Guard
  readonly decision: PendingDecision
  readonly earlier: KnownDecision | null
}

/** Gives requests a place for their admission, and a `clientIdentity` that nobody can overwrite. */
export function decorateRequests(fastify: FastifyInstance): void {
  fastify.decorateRequest(knownKey, null)
  fastify.decorateRequest('clientIdentity', {
    getter() {
      return admissionOf(this)?.identity ?? null
    },
  })
}

/** Remembers who sent a request, and returns what remembers what guards say of it. */
export function rememberAdmission(request: object, admission: Admission): Known {
  // One that was moved to the not-found handler is admitted again.
  const known: Known = { admission, last: lastDecisionOf(request) }
  ;(request as AdmittedRequest)[knownKey] = known
  return known
}

/** Remembers what `guard` said of a request, so that no predicate is asked twice. */
export function rememberDecision(known: Known, guard: Guard, decision: PendingDecision): void {
  known.last = { guard, decision, earlier: known.last }
}

/** What `guard` said of a request; null where it was not asked. */
export function decisionOf(request: object, guard: Guard): PendingDecision | null {
  let known = lastDecisionOf(request)
  while (known !== null && known.guard !== guard) known = known.earlier
  return known?.decision ?? null
}

function lastDecisionOf(request: object): KnownDecision | null {
  return knownOf(request)?.last ?? null
}

/**
 * The identity of whoever sent `request`.
 *
 * @throws {PeerGateError} why there is none; ERR_PEERGATE_MIDDLEWARE_MISSING where the plugin is not
 * registered for the route
 */
export function requireIdentity(request: {
  readonly clientIdentity: ClientIdentity | null
}): ClientIdentity {
  const admission = admissionOf(request)
  if (admission === null) {
    const fault = 'requireIdentity was called on a request that the plugin did not see'
    throw new PeerGateError('ERR_PEERGATE_MIDDLEWARE_MISSING', fault)
  }
  if (admission.identity === null) throw admission.refusal
  return admission.identity
}

function admissionOf(request: object): Admission | null {
  return knownOf(request)?.admission ?? null
}

function knownOf(request: object): Known | null {
  return (request as AdmittedRequest)[knownKey] ?? null
}
