import { inspect } from 'node:util'
import t from 'tap'
import { allOf, anyOf, when } from '@peergate/core'
import type { PeerGateError, Predicate } from '@peergate/core'
import { atOnce, gateBy, senderWith, workerIdentity } from '../support/decide-by.js'
import { faultOf } from '../support/fault-of.js'
import { workerId } from '../support/payments-gate.js'

const grants = [{ identity: workerId, allow: ['invoice:read'] }] as const
const boom = new Error('boom')
const throwing = {
  // oxlint-disable-next-line unicorn/no-thenable -- this is what it is about
  get then(): never {
    throw boom
  },
}

/** A gate, and what its `onFault` was told. */
function observedGate() {
  const faults: PeerGateError[] = []
  return { faults, gate: gateBy(grants, { onFault: (error) => void faults.push(error) }) }
}

type Answer = readonly [name: string, answer: () => unknown]

const yes: readonly Answer[] = [
  ['true', () => true],
  ['a promise of true', async () => true],
  ['a thenable of true', () => thenable((resolve) => resolve(true))],
  ['a thenable that answers twice', () => thenable((resolve) => [true, false].forEach(resolve))],
]

const no: readonly Answer[] = [
  ['false', () => false],
  ['a promise of false', async () => false],
]

const noBoolean: readonly Answer[] = [
  ['1', () => 1],
  ['text', () => 'true'],
  ['an object of true', () => Object(true)],
  ['undefined', () => undefined],
  ['null', () => null],
  ['a promise of 1', async () => 1],
  ['a promise of undefined', async () => undefined],
  ['a function', () => () => true],
]

const failing: readonly Answer[] = [
  ['a throw', () => raise()],
  ['a rejection', () => Promise.reject(boom)],
  ['a thenable whose getter throws', () => throwing],
  ['a promise of such a thenable', async () => throwing],
  ['a thenable that throws', () => thenable(raise)],
  ['a thenable that rejects', () => thenable((_resolve, reject) => reject(boom))],
]

function raise(): never {
  throw boom
}

function thenable(
  then: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => unknown,
): unknown {
  // oxlint-disable-next-line unicorn/no-thenable -- this is what it is about
  return { then }
}

/** What a predicate that answers so decides, and the faults that were told. */
async function decideBy(answer: () => unknown) {
  const { gate, faults } = observedGate()
  function isOwner() {
    return answer() as boolean
  }
  const decision = await gate.guard(when(isOwner))(senderWith())
  return { decision, faults }
}

for (const [name, answer] of yes) {
  t.test(`lets pass by ${name}`, async (t) => {
    const { decision, faults } = await decideBy(answer)
    t.strictSame(decision, { allowed: true, reason: 'condition', grant: null })
    t.ok(Object.isFrozen(decision))
    t.strictSame(faults, [])
  })
}

for (const [name, answer] of no) {
  t.test(`denies by ${name}`, async (t) => {
    const { decision, faults } = await decideBy(answer)
    t.match(decision, {
      allowed: false,
      reason: 'condition-unmet',
      grant: null,
      error: {
        code: 'ERR_PEERGATE_CONDITION_UNMET',
        statusCode: 403,
        message: 'the client may not do this',
        detail: `the predicate "isOwner" of the route denies "${workerId}"`,
      },
    })
    t.strictSame(faults, [])
  })
}

for (const [name, answer] of noBoolean) {
  t.test(`takes ${name} for no answer`, async (t) => {
    const { decision, faults } = await decideBy(answer)
    t.match(decision, {
      allowed: false,
      reason: 'faulty',
      error: {
        code: 'ERR_PEERGATE_CONDITION_FAULTY',
        statusCode: 403,
        message: 'this service cannot tell whether the client may do this',
        detail: 'the predicate "isOwner" of the route gave no boolean',
      },
    })
    t.strictSame(faults, decision.allowed ? null : [decision.error])
  })
}

for (const [name, answer] of failing) {
  t.test(`denies by ${name}, and tells the gate once`, async (t) => {
    const { decision, faults } = await decideBy(answer)
    t.match(decision, {
      allowed: false,
      reason: 'faulty',
      error: {
        code: 'ERR_PEERGATE_CONDITION_FAULTY',
        detail: 'the predicate "isOwner" of the route threw',
        cause: boom,
      },
    })
    t.strictSame(faults, decision.allowed ? null : [decision.error])
  })
}

t.test('takes no decision from a promise whose then is not its own', async (t) => {
  const forged = Object.assign(Promise.resolve(false), {
    // oxlint-disable-next-line unicorn/no-thenable -- this is what it is about
    then: () => ({ allowed: true, reason: 'condition', grant: null }),
  })
  const { gate } = observedGate()
  const pending = gate.guard(when(() => forged))(senderWith())
  t.ok(pending instanceof Promise)
  const late = Symbol('late')
  t.equal(
    await Promise.race([pending, new Promise((resolve) => setTimeout(resolve, 20, late))]),
    late,
  )
})

t.test('answers at once what does not have to be waited for', async (t) => {
  const { gate } = observedGate()
  t.equal(atOnce(gate.guard(when(() => true))(senderWith())).allowed, true)
  t.ok(gate.guard(when(async () => true))(senderWith()) instanceof Promise)
})

t.test('gives a predicate the identity and the request', async (t) => {
  const { gate } = observedGate()
  const request = { id: 7 }
  const given: unknown[] = []
  const isSeen: Predicate<{ readonly id: number }> = (...inputs) => given.push(...inputs) > 0
  gate.guard(when(isSeen))(senderWith(), request, { id: '7' })
  t.strictSame(given, [workerIdentity, request])
})

t.test('asks no predicate about a peer without an identity', async (t) => {
  const { gate } = observedGate()
  const sender = gate.admit({})
  t.match(gate.guard(when(raise))(sender), { reason: 'refused' })
})

t.test('calls a predicate without a name anonymous', async (t) => {
  const { gate } = observedGate()
  t.match(
    gate.guard(
      when(
        (
          () => () =>
            false
        )(),
      ),
    )(senderWith()),
    {
      error: { detail: `the predicate "anonymous" of the route denies "${workerId}"` },
    },
  )
})

t.test('is made of nothing but a function', async (t) => {
  const untyped = when as (predicate?: unknown) => unknown
  for (const predicate of [undefined, null, true, 'isOwner', {}, [() => true]]) {
    const error = faultOf(() => untyped(predicate))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, 'when: must be given a function')
  }
  t.strictSame(when(raise), { when: 'raise' })
  t.ok(Object.isFrozen(when(raise)))
})

t.test('contains what onFault throws or rejects with', async (t) => {
  const warnings = t.capture(process, 'emitWarning')
  for (const onFault of [raise, async () => raise()] as readonly (() => void)[]) {
    const gate = gateBy(grants, { onFault })
    t.match(await gate.guard(when(raise))(senderWith()), { reason: 'faulty' })
  }
  await new Promise(setImmediate)
  const told = warnings().map(({ args }) => args)
  t.equal(told.length, 2)
  for (const [text, options] of told) {
    t.match(text, /^onFault threw Error: boom/u)
    t.strictSame(options, { type: 'PeergateWarning', code: 'PEERGATE_CALLBACK_THREW' })
  }
})

t.test('contains what throws again when it is shown', async (t) => {
  const warnings = t.capture(process, 'emitWarning')
  const hostile = {
    [inspect.custom]() {
      throw boom
    },
  }
  const throwHostile = (): never => {
    throw hostile
  }
  const gates = [gateBy(grants), gateBy(grants, { onFault: throwHostile })]
  for (const gate of gates)
    t.match(gate.guard(when(throwHostile))(senderWith()), { reason: 'faulty' })
  await new Promise(setImmediate)
  const [fault, thrown] = warnings().map(({ args }) => args)
  t.match(fault, [
    'the predicate "throwHostile" of the route threw',
    { detail: 'what cannot be shown' },
  ])
  t.match(thrown, ['onFault threw what cannot be shown'])
})

t.test('keeps the name that a predicate had when it was stated', async (t) => {
  const predicate = Object.defineProperty(() => false, 'name', { value: 'isOwner', writable: true })
  const requirement = when(predicate)
  const guard = gateBy(grants).guard(requirement)
  Object.assign(predicate, { name: 42 })
  t.match(guard(senderWith()), { reason: 'condition-unmet', error: { detail: /"isOwner"/u } })
  t.strictSame(when(predicate), { when: 'anonymous' })
})

t.test('waits for predicates where the application has a Promise of its own', async (t) => {
  const gate = gateBy(grants)
  const guard = gate.guard(allOf(anyOf(when(async () => true)), gate.permission('invoice:write')))
  const { Promise: native } = globalThis
  globalThis.Promise = class extends native<unknown> {} as PromiseConstructor
  t.teardown(() => void (globalThis.Promise = native))
  const decision = guard(senderWith())
  globalThis.Promise = native
  t.match(await decision, { allowed: false, reason: 'not-granted' })
})

t.test('warns of faults, with their cause, where nobody else is told', async (t) => {
  const warnings = t.capture(process, 'emitWarning')
  const gate = gateBy(grants)
  gate.guard(
    when(function isOwner() {
      throw boom
    }),
  )(senderWith())
  gate.guard(
    when(function isOwner() {
      return 1 as never
    }),
  )(senderWith())
  const [thrown, noAnswer] = warnings().map(({ args }) => args)
  const code = 'ERR_PEERGATE_CONDITION_FAULTY'
  t.match(thrown, [
    'the predicate "isOwner" of the route threw',
    { type: 'PeergateWarning', code, detail: /^Error: boom/u },
  ])
  t.strictSame(noAnswer, [
    'the predicate "isOwner" of the route gave no boolean',
    { type: 'PeergateWarning', code },
  ])
})
