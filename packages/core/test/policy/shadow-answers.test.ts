import t from 'tap'
import { allOf, anyOf, authenticated, definePolicy, when, withShadow } from '@peergate/core'
import type { Authorize, Decision, PeerGateError } from '@peergate/core'
import { gateBy, senderWith } from '../support/decide-by.js'
import type { InvoicePermission } from '../support/decide-by.js'
import { hearEvents } from '../support/heard-events.js'
import { paymentsGate, worker, workerId } from '../support/payments-gate.js'

const boom = new Error('boom')
const raise = (): never => {
  throw boom
}

/** A predicate that counts how often it is asked. */
function counted(answer: () => unknown) {
  let asked = 0
  const predicate = () => {
    asked += 1
    return answer() as boolean
  }
  return { predicate: when(predicate), asked: () => asked }
}

const answers: readonly (readonly [string, answer: () => unknown])[] = [
  ['at once', () => true],
  ['later', async () => true],
]

for (const [name, answer] of answers) {
  t.test(`does not ask a predicate again that answered ${name}`, async (t) => {
    const denials = hearEvents(t, 'permission-denied')
    const gate = paymentsGate()
    const { predicate, asked } = counted(answer)
    const guard = gate.guard(
      withShadow(predicate, allOf(predicate, gate.permission('invoice:write'))),
    )
    t.match(await guard(gate.admit(worker), worker), { allowed: true, reason: 'condition' })
    await new Promise(setImmediate)
    t.equal(asked(), 1)
    t.match(denials, [{ reason: 'not-granted', policy: 'shadow' }])
    await guard(gate.admit(worker), worker)
    await new Promise(setImmediate)
    t.equal(asked(), 2)
  })
}

t.test('asks a predicate as often as the route does, with a shadow or without', async (t) => {
  hearEvents(t, 'permission-denied')
  const gate = paymentsGate()
  const { predicate, asked } = counted(() => true)
  const write = gate.permission('invoice:write')
  const live = anyOf(allOf(predicate, write), allOf(predicate, gate.permission('invoice:read')))
  gate.guard(live)(gate.admit(worker), worker)
  const plain = asked()
  gate.guard(withShadow(live, allOf(live, predicate)))(gate.admit(worker), worker)
  t.equal(asked(), 2 * plain)
})

t.test('asks a predicate by the shadow that the route did not come to', async (t) => {
  const denials = hearEvents(t, 'permission-denied')
  const gate = paymentsGate()
  const { predicate, asked } = counted(() => false)
  const live = anyOf(gate.permission('invoice:read'), predicate)
  gate.guard(withShadow(live, allOf(predicate, predicate)))(gate.admit(worker), worker)
  t.equal(asked(), 1)
  t.match(denials, [{ reason: 'condition-unmet', code: 'ERR_PEERGATE_CONDITION_UNMET' }])
})

t.test('does not wait for what a shadow has to wait for', async (t) => {
  const denials = hearEvents(t, 'permission-denied')
  const gate = paymentsGate()
  let answer: (isMet: boolean) => void = raise
  const late = new Promise<boolean>((resolve) => {
    answer = resolve
  })
  const guard = gate.guard(
    withShadow(
      authenticated,
      when(() => late),
    ),
  )
  const request = { ...worker }
  t.match(guard(gate.admit(request), request), { allowed: true })
  t.strictSame(denials, [])
  answer(false)
  await new Promise(setImmediate)
  t.match(denials, [
    { reason: 'condition-unmet', policy: 'shadow', request: gate.requestId(request) },
  ])
})

const faults: readonly (readonly [string, answer: () => unknown])[] = [
  ['throws', raise],
  ['rejects', async () => raise()],
  ['gives no boolean', () => 'yes'],
  ['gives no boolean later', async () => 1],
]

for (const [name, answer] of faults) {
  t.test(`contains a predicate of a shadow that ${name}`, async (t) => {
    const denials = hearEvents(t, 'permission-denied')
    const reported: PeerGateError[] = []
    const gate = paymentsGate({ onFault: (error) => reported.push(error) })
    const { predicate, asked } = counted(answer)
    const guard = gate.guard(withShadow(authenticated, predicate))
    t.match(guard(gate.admit(worker), worker), { allowed: true })
    await new Promise(setImmediate)
    t.equal(asked(), 1)
    t.match(denials, [{ reason: 'faulty', code: 'ERR_PEERGATE_CONDITION_FAULTY' }])
    t.strictSame(reported, [])
  })

  t.test(`contains an engine of a shadow that ${name}`, async (t) => {
    const denials = hearEvents(t, 'permission-denied')
    const { guard, reported, asked } = engineGate(answer as Authorize)
    t.match(guard(senderWith(), worker), { allowed: true })
    await new Promise(setImmediate)
    t.equal(asked(), 1)
    t.match(denials, [{ reason: 'faulty', code: 'ERR_PEERGATE_AUTHORIZER_FAULTY' }])
    t.strictSame(reported, [])
  })
}

t.test('reports what the route itself has met, once', async (t) => {
  const denials = hearEvents(t, 'permission-denied')
  const reported: PeerGateError[] = []
  const gate = paymentsGate({ onFault: (error) => reported.push(error) })
  const { predicate, asked } = counted(raise)
  const live = anyOf(predicate, gate.permission('invoice:read'))
  gate.guard(withShadow(live, predicate))(gate.admit(worker), worker)
  t.equal(asked(), 1)
  t.equal(denials.length, 1)
  t.match(reported, [{ code: 'ERR_PEERGATE_CONDITION_FAULTY' }])
})

/** A gate whose engine a shadow asks for `invoice:write`, on a route of every identity. */
function engineGate(authorize: Authorize) {
  const reported: PeerGateError[] = []
  let asked = 0
  const gate = gateBy([], {
    authorize(question) {
      asked += 1
      return authorize(question)
    },
    onFault: (error) => reported.push(error),
  })
  const guard = gate.guard(withShadow(authenticated, gate.permission('invoice:write')))
  return { gate, guard, reported, asked: () => asked }
}

for (const [name, answer] of answers) {
  t.test(`does not ask an engine again that answered ${name}`, async (t) => {
    const denials = hearEvents(t, 'permission-denied')
    const { gate, asked } = engineGate(answer as Authorize)
    const read = gate.permission('invoice:read')
    const policy = { identity: 'spiffe', permissions: ['invoice:read', 'invoice:write'] } as const
    gate.setShadowPolicy(definePolicy<'spiffe', InvoicePermission>(policy))
    const decision: Decision = await gate.guard(read)(senderWith(), worker)
    t.match(decision, { allowed: true, reason: 'authorizer' })
    await new Promise(setImmediate)
    t.equal(asked(), 1)
    const grants = [{ identity: workerId, deny: ['invoice:read'] }] as const
    gate.setShadowPolicy(definePolicy({ ...policy, grants }))
    t.match(await gate.guard(read)(senderWith(), worker), { allowed: true })
    await new Promise(setImmediate)
    t.equal(asked(), 2)
    t.match(denials, [{ reason: 'denied', grant: workerId, policy: 'shadow' }])
  })
}

t.test('asks an engine for what only a shadow needs, and records what it denies', async (t) => {
  const denials = hearEvents(t, 'permission-denied')
  const { guard, asked } = engineGate(async () => false)
  t.match(guard(senderWith(), worker), { allowed: true })
  await new Promise(setImmediate)
  t.equal(asked(), 1)
  t.match(denials, [{ reason: 'authorizer-denied', code: 'ERR_PEERGATE_AUTHORIZER_DENIED' }])
})

t.test('records a decision that had to be waited for, without a shadow', async (t) => {
  const denials = hearEvents(t, 'permission-denied')
  const gate = paymentsGate()
  const guard = gate.guard(when(async () => false))
  t.match(await guard(gate.admit(worker), worker), { allowed: false, reason: 'condition-unmet' })
  t.match(denials, [{ policy: 'live', isEnforced: true, requirement: /^when\(/u }])
})
