import { PeerGateError, createPeerGate } from '@peergate/core'
import type { ClientIdentity, Finding, PeerGate, PeerSource, Policy } from '@peergate/core'
import { parseIdentityValue, quote, readPolicyFile } from '@peergate/core/material'
import { UsageError } from '../output/exit-code.js'

/** A policy file, and a gate that decides by it and that no request comes to. */
export interface ReviewedPolicy {
  readonly policy: Policy
  readonly gate: PeerGate<string>
  /** The permissions that nobody holds. */
  readonly findings: readonly Finding[]
}

/** @throws {PeerGateError} as `policyFile` */
export function reviewPolicy(file: string): ReviewedPolicy {
  const policy = readPolicyFile(file)
  const identity = { kind: policy.identity, select: String }
  const gate: PeerGate<string> = createPeerGate({
    name: 'review',
    source: nobody,
    identity,
    policy,
  })
  const routes = policy.permissions.map((permission) => ({
    method: 'ALL',
    path: permission,
    requirements: [{ guard: gate.guard(permission as never), parameters: [] }],
  }))
  gate.declareRoutes({ routes: () => routes, isComplete: () => true })
  const findings = gate.audit().filter(({ rule }) => rule === 'permission-unheld')
  return { policy, gate, findings }
}

const nobody: PeerSource = {
  name: 'review',
  read: () => new PeerGateError('ERR_PEERGATE_CERTIFICATE_MISSING', 'a review has no requests'),
}

/**
 * An identity of the policy’s kind, of which nothing but its value and its trust set is known.
 *
 * @throws {UsageError} for a text that is no such identity
 */
export function identityFor(
  { identity: kind }: Policy,
  text: string,
  trustSet: string | null,
): ClientIdentity {
  const parsed = parseIdentityValue(kind, text)
  if ('fault' in parsed) {
    throw new UsageError(`--identity must be of the kind ${kind}: ${quote(text)} ${parsed.fault}`)
  }
  return {
    kind,
    value: parsed.value,
    issuer: null,
    serialNumber: null,
    fingerprint256: null,
    notBefore: null,
    notAfter: null,
    assurance: 'tls',
    source: 'review',
    trustSet,
  }
}
