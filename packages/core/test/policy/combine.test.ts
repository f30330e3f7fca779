import t from 'tap'
import { allOf, anyOf, authenticated, publicRoute, trustSet, when } from '@peergate/core'
import type { IdentityRequirement, PeerGateError } from '@peergate/core'
import { gateBy, senderWith } from '../support/decide-by.js'
import { faultOf } from '../support/fault-of.js'
import { workerId } from '../support/payments-gate.js'

const onFault = (): void => {}
const gate = gateBy([{ identity: workerId, allow: ['invoice:read'] }], { onFault })
const read = gate.permission('invoice:read')
const write = gate.permission('invoice:write')
const payments = trustSet('payments')
const untypedAnyOf = anyOf as (...requirements: readonly unknown[]) => unknown

const [yes, no] = [when(() => true), when(() => false)]
const [lateYes, lateNo] = [when(async () => true), when(async () => false)]
const broken = when(() => {
  throw new Error('boom')
})
const lateBroken = when(async () => {
  throw new Error('boom')
})

type Row = readonly [name: string, requirement: IdentityRequirement, reason: string]

const allowed: readonly Row[] = [
  ['anyOf a permission', anyOf(read), 'granted'],
  ['anyOf the second', anyOf(write, read), 'granted'],
  ['anyOf the first that allows', anyOf(write, payments, read), 'trust-set'],
  ['anyOf, within allOf', allOf(payments, anyOf(write, read)), 'granted'],
  ['allOf, within anyOf', anyOf(allOf(read, write), allOf(payments, read)), 'granted'],
  ['anyOf a late one', anyOf(no, lateYes), 'condition'],
  ['anyOf after a late one', anyOf(lateNo, read), 'granted'],
  ['anyOf after late ones', anyOf(lateNo, lateNo, yes, write), 'condition'],
  ['allOf with late ones', allOf(lateYes, lateYes), 'condition'],
  ['allOf with a permission before a late one', allOf(read, lateYes), 'granted'],
  ['allOf with a permission after a late one', allOf(lateYes, yes, read), 'granted'],
  ['allOf that begins with an identity', allOf(authenticated, lateYes), 'condition'],
  ['allOf with the first of its conditions', allOf(payments, yes), 'trust-set'],
  ['allOf with a condition before a set', allOf(yes, payments), 'condition'],
  [
    'allOf of late nests',
    allOf(anyOf(lateNo, lateYes), anyOf(no, allOf(lateYes, read))),
    'granted',
  ],
]

const denied: readonly Row[] = [
  ['anyOf, by its first', anyOf(write, no), 'not-granted'],
  ['anyOf, by its first that is late', anyOf(lateNo, write), 'condition-unmet'],
  ['anyOf, by its first before late ones', anyOf(write, lateNo, lateNo), 'not-granted'],
  ['anyOf, by a fault that is first', anyOf(broken, write), 'faulty'],
  ['anyOf, by its first before a fault', anyOf(write, lateBroken), 'not-granted'],
  ['allOf, by a late one', allOf(read, lateNo, write), 'condition-unmet'],
  ['allOf, after a late one', allOf(lateYes, write, no), 'not-granted'],
  ['allOf, by a fault', allOf(read, broken, write), 'faulty'],
  ['allOf, by a late fault', allOf(lateYes, lateBroken, write), 'faulty'],
  [
    'allOf within anyOf within allOf',
    allOf(read, anyOf(no, allOf(lateYes, write))),
    'condition-unmet',
  ],
]

for (const [name, requirement, reason] of allowed) {
  t.test(`allows ${name}`, async (t) => {
    t.match(await gate.guard(requirement)(senderWith()), { allowed: true, reason })
  })
}

for (const [name, requirement, reason] of denied) {
  t.test(`denies ${name}`, async (t) => {
    t.match(await gate.guard(requirement)(senderWith()), { allowed: false, reason })
  })
}

for (const answer of [(value: boolean) => value, async (value: boolean) => value]) {
  const kind = answer(true) instanceof Promise ? 'late' : 'at once'

  t.test(`asks nothing further where the answer is final: ${kind}`, async (t) => {
    const asked: string[] = []
    const asking = (name: string, value: boolean) =>
      when(() => {
        asked.push(name)
        return answer(value)
      })
    const parts = [asking('a', true), asking('b', false), asking('c', true)] as const
    await gate.guard(allOf(...parts))(senderWith())
    t.strictSame(asked.splice(0), ['a', 'b'])
    await gate.guard(anyOf(...parts))(senderWith())
    t.strictSame(asked.splice(0), ['a'])
    await gate.guard(anyOf(parts[1], parts[1], parts[2], parts[0]))(senderWith())
    t.strictSame(asked.splice(0), ['b', 'b', 'c'])
    await gate.guard(allOf(read, anyOf(parts[1], parts[0]), parts[2]))(senderWith())
    t.strictSame(asked, ['b', 'a', 'c'])
  })
}

t.test('is asked anew for every request', async (t) => {
  const answers = [true, false, true]
  const guard = gate.guard(
    allOf(
      when(async () => answers.shift() ?? false),
      read,
    ),
  )
  const decisions = await Promise.all([
    guard(senderWith()),
    guard(senderWith()),
    guard(senderWith()),
  ])
  t.match(decisions, [{ allowed: true }, { allowed: false }, { allowed: true }])
})

t.test('tells an engine in the place of a permission, too', async (t) => {
  const engine = gateBy([], { authorize: async () => true })
  const requirement = allOf(payments, engine.permission('invoice:read'), yes)
  t.match(await engine.guard(requirement)(senderWith()), { reason: 'authorizer' })
})

const isNone =
  'must be a permission, gate.permission(…), trustSet(…), minimumAssurance(…), when(…), allOf(…), anyOf(…), withShadow(…), authenticated or publicRoute'
const idle = 'one of them is authenticated, which every identity meets; leave the others out'

const faults: readonly (readonly [string, readonly unknown[], fault: string])[] = [
  ['nothing', [], 'must be given at least one requirement'],
  ['a list', [[read, payments]], `requirement 1 ${isNone}`],
  ['a spread requirement', [read, { ...payments }], `requirement 2 ${isNone}`],
  [
    'publicRoute',
    [read, publicRoute],
    'requirement 2 is publicRoute, which lets in whom the others refuse; leave it out',
  ],
  ['authenticated', [read, authenticated], idle],
  ['authenticated within anyOf', [read, allOf(authenticated)], idle],
  ['authenticated, however deep', [read, allOf(authenticated, allOf(authenticated))], idle],
]

for (const [name, requirements, fault] of faults) {
  t.test(`offers no choice of ${name}`, async (t) => {
    const error: PeerGateError | null = faultOf(() => untypedAnyOf(...requirements))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, `anyOf: ${fault}`)
  })
}

t.test('offers a choice of two sets', async (t) => {
  const guard = gate.guard(anyOf(payments, trustSet('batch'), allOf(authenticated, write)))
  t.equal(guard(senderWith({ trustSet: 'batch' })), guard(senderWith({ trustSet: 'payments' })))
  t.match(guard(senderWith({ trustSet: null })), { reason: 'trust-set-mismatch' })
})

t.test('shows what there is to choose from, and cannot be changed', async (t) => {
  const any = anyOf(read, payments)
  t.strictSame(any, { anyOf: [read, payments] })
  for (const part of [any, any.anyOf]) t.ok(Object.isFrozen(part))
})
