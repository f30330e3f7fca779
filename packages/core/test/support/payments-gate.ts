import { createPeerGate, definePolicy, spiffe } from '@peergate/core'
import type { IdentityRule, PeerGate, PeerGateOptions, Policy } from '@peergate/core'
import { namedBy, uriName } from './certificate-facts.js'
import { fixedSource, requestOf } from './fixed-source.js'

export type PaymentsPermission = 'invoice:read' | 'invoice:write'

export const workerId = 'spiffe://prod.example/ns/payments/sa/worker'

/** A connection of the worker, and one of a peer whose certificate has no name. */
export const worker = requestOf(namedBy(uriName(workerId)))
export const nameless = requestOf(namedBy())

/** Within the validity of the certificates above. */
export const noon = Date.UTC(2026, 5, 1, 12)

export const paymentsPolicy: Policy<'spiffe', PaymentsPermission> = definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
  grants: [{ identity: 'spiffe://prod.example/ns/payments/sa/*', allow: ['invoice:read'] }],
})

export const workloads: IdentityRule<'spiffe'> = spiffe({ trustDomain: 'prod.example' })

/** A gate in which workers may read and not write, changed by `options`. */
export function paymentsGate(
  options: Partial<PeerGateOptions<'spiffe', PaymentsPermission>> = {},
): PeerGate<PaymentsPermission> {
  return createPeerGate({
    source: fixedSource,
    identity: workloads,
    policy: paymentsPolicy,
    clock: () => noon,
    ...options,
  })
}
