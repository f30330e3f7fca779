import { createPeerGate, policyFile } from '@peergate/core'
import type { PeerGate, PeerGateOptions, PolicyFile } from '@peergate/core'
import type { Test } from 'tap'
import { fixedSource } from './fixed-source.js'
import { noon, worker, workloads } from './payments-gate.js'

export type Permission = 'invoice:read' | 'invoice:write'

/** A policy that gives `allow` to the payments workloads; `more` is whatever else the file holds. */
export function yamlOf(allow: string, more = ''): string {
  return [
    'identity: spiffe',
    'permissions: [invoice:read, invoice:write]',
    'grants:',
    '  - identity: spiffe://prod.example/ns/payments/sa/*',
    `    allow: [${allow}]`,
    more,
  ].join('\n')
}

/** A policy file that is closed at the end of the test. */
export function openFile(
  t: Test,
  path: string,
  options: Partial<Parameters<typeof policyFile>[0]> = {},
): PolicyFile<'spiffe', Permission> {
  const file = policyFile({
    path,
    identity: 'spiffe',
    permissions: ['invoice:read', 'invoice:write'],
    ...options,
  } as const)
  t.teardown(() => file.close())
  return file as PolicyFile<'spiffe', Permission>
}

export function gateOf(
  policy: PolicyFile<'spiffe', Permission>,
  options: Partial<PeerGateOptions<'spiffe', Permission>> = {},
): PeerGate<Permission> {
  const source = fixedSource
  return createPeerGate({ source, identity: workloads, policy, clock: () => noon, ...options })
}

/** Whether the worker may. */
export function mayDo(gate: PeerGate<Permission>, permission: Permission): boolean {
  const decision = gate.guard(gate.permission(permission))(gate.admit(worker))
  return 'allowed' in decision && decision.allowed
}
