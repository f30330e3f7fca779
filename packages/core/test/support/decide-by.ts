import assert from 'node:assert/strict'
import { createPeerGate, definePolicy } from '@peergate/core'
import type {
  ClientIdentity,
  Decision,
  Grant,
  PeerGate,
  PeerGateOptions,
  PendingDecision,
  Role,
  Sender,
} from '@peergate/core'
import { fixedSource } from './fixed-source.js'
import { noon, workerId, workloads } from './payments-gate.js'

export type InvoicePermission = 'invoice:read' | 'invoice:write'

type Options = Partial<PeerGateOptions<'spiffe', InvoicePermission>>

/** A gate whose policy has these grants; without any, the policy does not speak of grants. */
export function gateBy(
  grants: readonly Grant<InvoicePermission, string>[],
  {
    roles = {},
    ...options
  }: Options & { readonly roles?: Record<string, Role<InvoicePermission>> } = {},
): PeerGate<InvoicePermission> {
  const policy = definePolicy<'spiffe', InvoicePermission, string>({
    identity: 'spiffe',
    permissions: ['invoice:read', 'invoice:write'],
    roles,
    ...(grants.length > 0 && { grants }),
  })
  return createPeerGate({
    source: fixedSource,
    identity: workloads,
    policy,
    clock: () => noon,
    ...options,
  })
}

export const workerIdentity: ClientIdentity = Object.freeze({
  kind: 'spiffe',
  value: workerId,
  issuer: null,
  serialNumber: null,
  fingerprint256: Array.from({ length: 32 }, () => 'AB').join(':'),
  notBefore: null,
  notAfter: null,
  assurance: 'proxy-verified',
  source: 'fixed',
  trustSet: 'payments',
})

/** The worker, with other facts. */
export function senderWith(facts: Partial<ClientIdentity> = {}): Sender {
  const identity = Object.freeze({ ...workerIdentity, ...facts })
  return { evidence: {}, identity, refusal: null }
}

/** A decision that was not to be waited for. */
export function atOnce(decision: PendingDecision): Decision {
  assert.ok('allowed' in decision, 'the decision has to be waited for')
  return decision
}

/** Whether the worker, with other facts, may read. */
export function mayRead(
  gate: PeerGate<InvoicePermission>,
  facts: Partial<ClientIdentity> = {},
  params?: unknown,
): Decision {
  return atOnce(gate.guard(gate.permission('invoice:read'))(senderWith(facts), undefined, params))
}
