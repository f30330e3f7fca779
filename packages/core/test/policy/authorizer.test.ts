import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { authenticated } from '@peergate/core'
import type { AuthorizationQuestion, Authorize, PeerGateError } from '@peergate/core'
import { atOnce, gateBy, senderWith, workerIdentity } from '../support/decide-by.js'
import type { InvoicePermission } from '../support/decide-by.js'
import { faultOf } from '../support/fault-of.js'
import { workerId } from '../support/payments-gate.js'

type Engine = Authorize<InvoicePermission>

const boom = new Error('boom')
const raise = (): never => {
  throw boom
}
const authorize = () => true

const denial = { identity: workerId, deny: ['invoice:write'] } as const

/** A gate that asks `authorize`, and what its `onFault` was told. */
function engineGate(authorize: Engine, authorizeWithin = 1) {
  const faults: PeerGateError[] = []
  const onFault = (error: PeerGateError) => void faults.push(error)
  const gate = gateBy([denial], { authorize, authorizeWithin, onFault })
  return { gate, faults, read: gate.guard(gate.permission('invoice:read')) }
}

function answering(answer: () => unknown): Engine {
  return answer as Engine
}

for (const [name, answer] of [
  ['true', () => true],
  ['a promise of true', async () => true],
] as const) {
  t.test(`allows by ${name}`, async (t) => {
    const { read, faults } = engineGate(answer)
    const decision = await read(senderWith())
    t.strictSame(decision, { allowed: true, reason: 'authorizer', grant: null })
    t.ok(Object.isFrozen(decision))
    t.strictSame(faults, [])
  })
}

for (const [name, answer] of [
  ['false', () => false],
  ['a promise of false', async () => false],
] as const) {
  t.test(`denies by ${name}`, async (t) => {
    const { read, faults } = engineGate(answer)
    t.match(await read(senderWith()), {
      allowed: false,
      reason: 'authorizer-denied',
      grant: null,
      error: {
        code: 'ERR_PEERGATE_AUTHORIZER_DENIED',
        statusCode: 403,
        message: 'the client may not do this',
        detail: `the engine denies invoice:read for "${workerId}"`,
      },
    })
    t.strictSame(faults, [])
  })
}

const asked = `when it was asked for invoice:read for "${workerId}"`

const faulty: readonly (readonly [string, () => unknown, fault: string, cause?: Error])[] = [
  ['1', () => 1, 'gave no boolean'],
  ['undefined', () => undefined, 'gave no boolean'],
  ['an object', () => ({ allowed: true }), 'gave no boolean'],
  ['a promise of text', async () => 'true', 'gave no boolean'],
  ['a throw', raise, 'gave no answer', boom],
  ['a rejection', () => Promise.reject(boom), 'gave no answer', boom],
]

for (const [name, answer, fault, cause] of faulty) {
  t.test(`denies by ${name}, and tells the gate once`, async (t) => {
    const { read, faults } = engineGate(answering(answer))
    const decision = await read(senderWith())
    t.match(decision, {
      allowed: false,
      reason: 'faulty',
      error: {
        code: 'ERR_PEERGATE_AUTHORIZER_FAULTY',
        statusCode: 403,
        message: 'this service cannot tell whether the client may do this',
        detail: `the engine ${fault} ${asked}`,
      },
    })
    t.equal(faults.length, 1)
    t.equal(faults[0]?.cause, cause)
  })
}

const late: readonly (readonly [string, (question: AuthorizationQuestion) => Promise<boolean>])[] =
  [
    ['never answers', () => new Promise(() => {})],
    ['allows too late', () => sleep(60, true)],
    ['rejects too late', () => sleep(60).then(raise)],
    [
      'rejects when it is told that it is too late',
      ({ signal }) => sleep(5000, true, { signal, ref: false }),
    ],
    [
      'allows when it is told that it is too late',
      ({ signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(true))),
    ],
  ]

for (const [name, engine] of late) {
  t.test(`denies where the engine ${name}, and tells the gate once`, async (t) => {
    const signals: AbortSignal[] = []
    const { read, faults } = engineGate((question) => {
      signals.push(question.signal)
      return engine(question)
    }, 0.02)
    const decision = await read(senderWith())
    t.match(decision, {
      allowed: false,
      reason: 'faulty',
      error: {
        detail: `the engine gave no answer ${asked}`,
        cause: { message: 'it took longer than 0.02 s' },
      },
    })
    await sleep(80)
    t.strictSame(faults, decision.allowed ? null : [decision.error])
    t.equal(signals[0]?.aborted, true)
    t.equal(signals[0]?.reason, faults[0]?.cause)
  })
}

t.test('does not abort the question of an answer in time', async (t) => {
  let asked: AbortSignal | undefined
  const { read } = engineGate(async ({ signal }) => {
    asked = signal
    return true
  }, 0.02)
  await read(senderWith())
  await sleep(40)
  t.equal(asked?.aborted, false)
})

t.test('answers at once where the engine does', async (t) => {
  const { read } = engineGate(() => true)
  t.equal(atOnce(read(senderWith())).allowed, true)
})

t.test('asks with all that is known, which the engine cannot change', async (t) => {
  const questions: AuthorizationQuestion[] = []
  const { read } = engineGate((question) => {
    questions.push(question)
    return true
  })
  const [request, params] = [{ id: 7 }, { tenant: 'acme' }]
  read(senderWith(), request, params)
  const [question] = questions
  t.match(question, { identity: workerIdentity, permission: 'invoice:read', request, params })
  t.ok(Object.isFrozen(question))
})

t.test('denies what a grant denies before the engine is asked', async (t) => {
  let asked = 0
  const { gate } = engineGate(() => (asked += 1) > 0)
  const write = gate.guard(gate.permission('invoice:write'))
  t.match(write(senderWith()), { allowed: false, reason: 'denied', grant: workerId })
  t.equal(asked, 0)
  const other = { value: 'spiffe://prod.example/ns/payments/sa/other' }
  t.match(write(senderWith(other)), { allowed: true, reason: 'authorizer' })
  t.equal(asked, 1)
})

t.test('asks the engine about permissions only, and of identities only', async (t) => {
  const { gate, read } = engineGate(raise)
  t.match(gate.guard(authenticated)(senderWith()), { reason: 'authenticated' })
  t.match(read(gate.admit({})), { reason: 'refused' })
})

t.test('refuses a policy that allows where an engine decides', async (t) => {
  const roles = { clerk: { allow: ['invoice:read'] } } as const
  for (const grant of [
    { identity: workerId, allow: ['invoice:read'] },
    { identity: workerId, roles: ['clerk'], deny: ['invoice:write'] },
  ] as const) {
    const error = faultOf(() =>
      gateBy([{ anyIdentity: true, deny: ['invoice:write'] }, grant], { roles, authorize }),
    )
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(
      error?.detail,
      'definePolicy: option "grants.1" allows something, which is for the option "authorize" of the gate; it may only deny',
    )
  }
})

t.test('needs no grant where an engine decides, and one where none does', async (t) => {
  const gate = gateBy([], { authorize: () => true })
  t.match(gate.guard(gate.permission('invoice:read'))(senderWith()), { allowed: true })
  const error = faultOf(() => gateBy([]))
  t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
  t.equal(
    error?.detail,
    'createPeerGate: the policy holds no grant, and the gate has no "authorize"',
  )
})

const options: readonly (readonly [string, object, fault: string])[] = [
  ['no function', { authorize: true }, 'option "authorize" must be a function'],
  ['undefined', { authorize: undefined }, 'option "authorize" must be a function'],
  [
    'a time without an engine',
    { authorizeWithin: 1 },
    'option "authorizeWithin" needs the option "authorize"',
  ],
  [
    'no time at all',
    { authorize: raise, authorizeWithin: 0 },
    'option "authorizeWithin" must be more than 0',
  ],
  [
    'too much time',
    { authorize: raise, authorizeWithin: 61 },
    'option "authorizeWithin" must be at most 60 seconds',
  ],
  [
    'a time that is none',
    { authorize: raise, authorizeWithin: Number.NaN },
    'option "authorizeWithin" must be of the type number',
  ],
  ['no function to tell', { onFault: null }, 'option "onFault" must be a function'],
]

for (const [name, given, fault] of options) {
  t.test(`refuses ${name} in the options`, async (t) => {
    const error = faultOf(() => gateBy([denial], given))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, `createPeerGate: ${fault}`)
  })
}
