import t from 'tap'
import { allOf, authenticated, publicRoute, trustSet } from '@peergate/core'
import type { Guard, PeerGate, Sender } from '@peergate/core'
import { faultOf } from '../support/fault-of.js'
import { nameless, paymentsGate, worker } from '../support/payments-gate.js'

const gate = paymentsGate()
const untyped = gate as unknown as {
  guard: (requirement: unknown) => Guard
  permission: (tag: unknown) => ReturnType<PeerGate<'invoice:read'>['permission']>
}

const noRequirement =
  'requirement: must be a permission, gate.permission(…), trustSet(…), minimumAssurance(…), when(…), allOf(…), anyOf(…), withShadow(…), authenticated or publicRoute'

const hostile = {
  get permission(): never {
    throw new Error('the getter was called')
  },
}

const noRequirements: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['true', true],
  ['a number', 0],
  ['a symbol', Symbol('invoice:read')],
  ['a bigint', 1n],
  ['a function', () => 'invoice:read'],
  ['a list', ['invoice:read']],
  ['an object', {}],
  ['an object without a prototype', Object.create(null)],
  ['an object of text', Object('invoice:read')],
  ['an object that looks like a requirement', { permission: 'invoice:read' }],
  ['an object with a getter that throws', hostile],
  ['a spread requirement', { ...gate.permission('invoice:read') }],
  ['a derived requirement', Object.create(gate.permission('invoice:read'))],
  ['a wrapped requirement', new Proxy(gate.permission('invoice:read'), {})],
  ['a spread authenticated', { ...authenticated }],
  ['a spread publicRoute', { ...publicRoute }],
  ['an object that looks like a trust set', { trustSet: 'payments' }],
  ['a spread trust set', { ...trustSet('payments') }],
  ['a spread allOf', { ...allOf(authenticated) }],
  ['a wrapped allOf', new Proxy(allOf(authenticated), {})],
]

for (const [name, requirement] of noRequirements) {
  t.test(`takes ${name} for no requirement`, async (t) => {
    const error = faultOf(() => untyped.guard(requirement))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, noRequirement)
  })
}

const unknownTags: readonly (readonly [tag: string, detail: string])[] = [
  ['', 'permission "" is not known'],
  ['invoice:raed', 'permission "invoice:raed" is not known; did you mean "invoice:read"?'],
  ['INVOICE:READ', 'permission "INVOICE:READ" is not known; did you mean "invoice:read"?'],
  ['__proto__', 'permission "__proto__" is not known'],
  ['constructor', 'permission "constructor" is not known'],
  ['authenticated', 'permission "authenticated" is not known'],
  ['a\u202eb\n', String.raw`permission "a\u202eb\n" is not known`],
]

for (const [tag, detail] of unknownTags) {
  t.test(`refuses a permission outside of the vocabulary: ${JSON.stringify(tag)}`, async (t) => {
    for (const state of [untyped.guard, untyped.permission]) {
      const error = faultOf(() => state(tag))
      t.equal(error?.code, 'ERR_PEERGATE_PERMISSION_UNKNOWN')
      t.equal(error?.detail, detail)
    }
  })
}

t.test('makes a permission of nothing but text', async (t) => {
  const unprintable = Object.create(null)
  for (const tag of [
    undefined,
    null,
    1,
    Symbol('invoice:read'),
    {},
    unprintable,
    ['invoice:read'],
  ]) {
    const error = faultOf(() => untyped.permission(tag))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, 'permission: must be a text')
  }
})

t.test('makes requirements that cannot be changed', async (t) => {
  const requirement = gate.permission('invoice:read')
  t.equal(requirement.permission, 'invoice:read')
  t.ok(Object.isFrozen(requirement))
  t.ok(Object.isFrozen(authenticated))
  t.ok(Object.isFrozen(publicRoute))
})

t.test('refuses the requirement of another gate, even of one with the same policy', async (t) => {
  const error = faultOf(() => gate.guard(paymentsGate().permission('invoice:read')))
  t.equal(error?.code, 'ERR_PEERGATE_GATE_FOREIGN')
  t.equal(error?.detail, 'the requirement of invoice:read was not made by this gate')
})

t.test('takes a permission by its bare name as well', async (t) => {
  t.match(untyped.guard('invoice:read')(gate.admit(worker)), { allowed: true })
  t.match(untyped.guard('invoice:write')(gate.admit(worker)), { allowed: false })
})

const missing = gate.admit({})
const permission = gate.guard(gate.permission('invoice:read'))
const anyIdentity = gate.guard(authenticated)
const anyPeer = gate.guard(publicRoute)

const decisions: readonly (readonly [string, Guard, Sender, reason: string, code?: string])[] = [
  ['a worker what it is granted', permission, gate.admit(worker), 'granted'],
  ['a worker what needs an identity', anyIdentity, gate.admit(worker), 'authenticated'],
  ['a worker what is public', anyPeer, gate.admit(worker), 'public'],
  [
    'a peer without an identity what needs a permission',
    permission,
    gate.admit(nameless),
    'refused',
    'ERR_PEERGATE_IDENTITY_MISSING',
  ],
  [
    'a peer without an identity what needs one',
    anyIdentity,
    gate.admit(nameless),
    'refused',
    'ERR_PEERGATE_IDENTITY_MISSING',
  ],
  ['a peer without an identity what is public', anyPeer, gate.admit(nameless), 'public'],
  [
    'a peer without a certificate what needs a permission',
    permission,
    missing,
    'refused',
    'ERR_PEERGATE_GATE_FAULTY',
  ],
  [
    'a peer without a certificate what needs an identity',
    anyIdentity,
    missing,
    'refused',
    'ERR_PEERGATE_GATE_FAULTY',
  ],
  [
    'a peer without a certificate what is public',
    anyPeer,
    missing,
    'refused',
    'ERR_PEERGATE_GATE_FAULTY',
  ],
]

for (const [name, guard, sender, reason, code] of decisions) {
  t.test(`${code === undefined ? 'allows' : 'refuses'} ${name}`, async (t) => {
    const decision = await guard(sender)
    t.equal(decision.allowed, code === undefined)
    t.equal(decision.reason, reason)
    if (decision.allowed) return
    t.equal(decision.error, sender.refusal)
    t.equal(decision.error.code, code)
  })
}

t.test('says nothing of grants where none was needed', async (t) => {
  const [any, open] = [anyIdentity(gate.admit(worker)), anyPeer(gate.admit(worker))]
  t.strictSame(any, { allowed: true, reason: 'authenticated', grant: null })
  t.strictSame(open, { allowed: true, reason: 'public', grant: null })
  t.ok(Object.isFrozen(any))
  t.ok(Object.isFrozen(open))
})

t.test('refuses what no gate has admitted', async (t) => {
  for (const sender of [undefined, null, {}, { identity: null }, 'worker'] as unknown as Sender[]) {
    for (const guard of [permission, anyIdentity, anyPeer]) {
      const decision = guard(sender)
      t.match(decision, { allowed: false, reason: 'refused' })
      t.match(decision, {
        error: {
          code: 'ERR_PEERGATE_MIDDLEWARE_MISSING',
          detail: 'a guard was asked about a request that no gate has admitted',
        },
      })
    }
  }
})
