import t from 'tap'
import { createPeerGate, definePolicy, trustSet, when, allOf } from '@peergate/core'
import type { Grant, IdentityKind, PeerGate, Policy } from '@peergate/core'
import { atOnce, gateBy, senderWith } from '../support/decide-by.js'
import type { InvoicePermission } from '../support/decide-by.js'
import { faultOf } from '../support/fault-of.js'
import { fixedSource } from '../support/fixed-source.js'
import { noon, workerId, workloads } from '../support/payments-gate.js'

const reading = { identity: workerId, allow: ['invoice:read'] } as const

function policyOf(
  grants: readonly Grant<InvoicePermission>[],
  identity: IdentityKind = 'spiffe',
): Policy<IdentityKind, InvoicePermission> {
  const permissions = ['invoice:read', 'invoice:write'] as const
  return definePolicy({ identity, permissions, ...(grants.length > 0 && { grants }) })
}

const nobody = policyOf([{ identity: `${workerId}2`, allow: ['invoice:read'] }])

function raise(): never {
  throw new Error('nobody waits')
}

function isReader(gate: PeerGate<InvoicePermission>): boolean {
  return atOnce(gate.guard('invoice:read' as never)(senderWith())).allowed
}

t.test('puts another policy in force for guards that there are', async (t) => {
  const gate = gateBy([reading])
  const guard = gate.guard(gate.permission('invoice:read'))
  const sender = senderWith()
  const before = guard(sender)
  t.match(before, { allowed: true })
  gate.setPolicy(nobody)
  t.match(guard(sender), { allowed: false, reason: 'not-granted' })
  gate.setPolicy(policyOf([reading]))
  t.match(guard(sender), before)
})

t.test('finishes on the old policy what has begun on it', async (t) => {
  const gate = gateBy([reading])
  let finish: (answer: boolean) => void = raise
  const answer = new Promise<boolean>((resolve) => {
    finish = resolve
  })
  const isFinished = when(() => answer)
  const guard = gate.guard(allOf(isFinished, gate.permission('invoice:read')))
  const pending = guard(senderWith())
  gate.setPolicy(nobody)
  const later = guard(senderWith())
  finish(true)
  t.match(await pending, { allowed: true, reason: 'granted' })
  t.match(await later, { allowed: false, reason: 'not-granted' })
})

const aPolicy = 'setPolicy: the policy must be made by definePolicy'

const faults: readonly (readonly [string, policy: unknown, detail: string, code?: string])[] = [
  ['nothing', undefined, aPolicy],
  ['null', null, aPolicy],
  ['options', { identity: 'spiffe', permissions: ['invoice:read'], grants: [reading] }, aPolicy],
  ['a spread policy', { ...nobody }, aPolicy],
  [
    'a policy of another kind',
    policyOf([{ identity: 'worker.example', allow: ['invoice:read'] }], 'dns'),
    'setPolicy: the policy grants to dns identities, and the gate reads spiffe',
  ],
  [
    'a policy without grants',
    policyOf([]),
    'setPolicy: the policy holds no grant, and the gate has no "authorize"',
  ],
  [
    'a grant to another trust domain',
    policyOf([reading, { identity: 'spiffe://prod.example.org/ns/*', allow: ['invoice:read'] }]),
    'definePolicy: option "grants.1.identity" can match nobody: the gate reads identities of the trust domain prod.example',
  ],
  [
    'a trust set that there is not',
    policyOf([{ ...reading, trustSet: 'paymnts' }]),
    'definePolicy: option "grants.0.trustSet" names the trust set "paymnts", which is not known; did you mean "payments"?',
  ],
  [
    'a policy that lacks what a route needs',
    definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:raed'],
      grants: [{ identity: workerId, allow: ['invoice:raed'] }],
    }),
    'definePolicy: option "permissions" lacks what a route needs: permission "invoice:read" is not known; did you mean "invoice:raed"?',
    'ERR_PEERGATE_PERMISSION_UNKNOWN',
  ],
]

for (const [name, policy, detail, code = 'ERR_PEERGATE_OPTION_INVALID'] of faults) {
  t.test(`keeps the old policy in the place of ${name}`, async (t) => {
    const gate = gateBy([reading], { source: { ...fixedSource, trustSets: ['payments'] } })
    gate.guard(allOf(trustSet('payments'), gate.permission('invoice:read')))
    const error = faultOf(() => gate.setPolicy(policy as typeof nobody))
    t.equal(error?.code, code)
    t.equal(error?.detail, detail)
    t.equal(isReader(gate), true)
  })
}

t.test('may lose a permission that no route needs', async (t) => {
  const gate = gateBy([reading])
  gate.guard(gate.permission('invoice:read'))
  const fewer = definePolicy({
    identity: 'spiffe',
    permissions: ['invoice:read'],
    grants: [reading],
  })
  const lost = gate.permission('invoice:write')
  gate.setPolicy(fewer)
  t.equal(isReader(gate), true)
  for (const requirement of [lost, 'invoice:write' as never]) {
    const error = faultOf(() => gate.guard(requirement))
    t.equal(error?.code, 'ERR_PEERGATE_PERMISSION_UNKNOWN')
  }
  t.equal(faultOf(() => gate.permission('invoice:write'))?.code, 'ERR_PEERGATE_PERMISSION_UNKNOWN')
})

t.test('takes any trust domain where the rule does not say which it reads', async (t) => {
  const { kind, select } = workloads
  const foreign = { identity: 'spiffe://other.example/ns/*', allow: ['invoice:read'] } as const
  const policy = policyOf([
    foreign,
    { anyIdentity: true, deny: ['invoice:write'] },
  ]) as Policy<'spiffe'>
  const options = { source: fixedSource, policy, clock: () => noon }
  createPeerGate({ ...options, identity: { kind, select } })
  const error = faultOf(() => createPeerGate({ ...options, identity: workloads }))
  t.match(error?.detail, /^definePolicy: option "grants\.0\.identity" can match nobody/u)
})
