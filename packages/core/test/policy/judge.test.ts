import t from 'tap'
import { allOf, authenticated, definePolicy, trustSet } from '@peergate/core'
import type { Admission, Requirement } from '@peergate/core'
import { nameless, paymentsGate, worker, workerId } from '../support/payments-gate.js'

const gate = paymentsGate()
const read = gate.permission('invoice:read')
const write = gate.permission('invoice:write')
const payments = trustSet('payments')

/** The worker, on a connection that this set admitted. */
function admittedBy(set: string | null): Admission {
  return gate.admit({ socket: Object.freeze({ ...(worker.socket as object), trustSet: set }) })
}

const byPayments = admittedBy('payments')

const sets: readonly (readonly [string | null, found: string])[] = [
  ['batch', `"${workerId}" was admitted by the set "batch"`],
  ['Payments', `"${workerId}" was admitted by the set "Payments"`],
  ['', `"${workerId}" was admitted by the set ""`],
  ['a\n\u202eb', String.raw`"${workerId}" was admitted by the set "a\n\u202eb"`],
  [null, `it is not known which set admitted "${workerId}"`],
]

for (const [set, found] of sets) {
  t.test(`refuses a demanded set to whom ${JSON.stringify(set)} admitted`, async (t) => {
    for (const requirement of [payments, allOf(read, payments), allOf(payments, write)]) {
      t.match(gate.guard(requirement)(admittedBy(set)), {
        allowed: false,
        reason: 'trust-set-mismatch',
        error: {
          code: 'ERR_PEERGATE_TRUST_SET_MISMATCH',
          layer: 'authorization',
          statusCode: 403,
          message: 'the client certificate is not accepted for this',
          detail: `the route demands the set "payments", and ${found}`,
        },
      })
    }
  })
}

t.test('knows a set that is called null from one that is not known', async (t) => {
  const guard = gate.guard(trustSet('null'))
  t.match(guard(admittedBy(null)), { allowed: false })
  t.match(guard(admittedBy('null')), { allowed: true })
})

const grant = 'spiffe://prod.example/ns/payments/sa/*'

const allowed: readonly (readonly [string, Requirement, reason: string, grant: string | null])[] = [
  ['a set', payments, 'trust-set', null],
  ['a set alone', allOf(payments), 'trust-set', null],
  ['an identity', allOf(authenticated), 'authenticated', null],
  ['a permission before a set', allOf(read, payments), 'granted', grant],
  ['a permission after a set', allOf(payments, read), 'granted', grant],
  ['a permission before an identity', allOf(read, authenticated), 'granted', grant],
  ['a set before an identity', allOf(payments, authenticated), 'trust-set', null],
  ['a set after an identity', allOf(authenticated, payments), 'trust-set', null],
  ['a permission within another', allOf(payments, allOf(authenticated, read)), 'granted', grant],
]

for (const [name, requirement, reason, by] of allowed) {
  t.test(`says by what it allows ${name}`, async (t) => {
    const guard = gate.guard(requirement)
    const decision = guard(byPayments)
    t.strictSame(decision, { allowed: true, reason, grant: by })
    t.ok(Object.isFrozen(decision))
    t.equal(guard(byPayments), decision, 'nothing is made for a further request')
  })
}

t.test('names the grant of the first of several permissions', async (t) => {
  const policy = definePolicy({
    identity: 'spiffe',
    permissions: ['invoice:read', 'invoice:write'],
    grants: [
      { identity: workerId, allow: ['invoice:read'] },
      { identity: grant, allow: ['invoice:write'] },
    ],
  })
  const both = paymentsGate({ policy })
  const [reading, writing] = [both.permission('invoice:read'), both.permission('invoice:write')]
  const sender = both.admit(worker)
  t.match(both.guard(allOf(reading, writing))(sender), { grant: workerId })
  t.match(both.guard(allOf(writing, reading))(sender), { grant })
  t.match(both.guard(allOf(allOf(payments, writing), reading))(sender), { grant })
})

t.test('answers with the first requirement that is not met', async (t) => {
  const byBatch = admittedBy('batch')
  for (const [requirement, reason] of [
    [allOf(write, payments), 'not-granted'],
    [allOf(payments, write), 'trust-set-mismatch'],
    [allOf(read, payments, write), 'trust-set-mismatch'],
    [allOf(allOf(read, write), payments), 'not-granted'],
    [allOf(read, allOf(authenticated, payments), write), 'trust-set-mismatch'],
  ] as const) {
    t.match(gate.guard(requirement)(byBatch), { reason })
  }
})

t.test('refuses, before all requirements, whoever has no identity', async (t) => {
  const stranger = gate.admit(nameless)
  for (const requirement of [payments, allOf(payments), allOf(authenticated, payments, read)]) {
    const guard = gate.guard(requirement)
    t.strictSame(guard(stranger), {
      allowed: false,
      reason: 'refused',
      grant: null,
      error: stranger.refusal,
    })
    t.match(guard(undefined as never), { error: { code: 'ERR_PEERGATE_MIDDLEWARE_MISSING' } })
  }
})
