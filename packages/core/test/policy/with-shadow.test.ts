import { once } from 'node:events'
import t from 'tap'
import {
  PeerGateError,
  allOf,
  anyOf,
  authenticated,
  definePolicy,
  publicRoute,
  trustSet,
  withShadow,
} from '@peergate/core'
import type { AnonymousPeer, PeerSource, Requirement } from '@peergate/core'
import { faultOf } from '../support/fault-of.js'
import { hearEvents } from '../support/heard-events.js'
import {
  nameless,
  paymentsGate,
  paymentsPolicy,
  worker,
  workerId,
} from '../support/payments-gate.js'

const gate = paymentsGate()
const read = gate.permission('invoice:read')
const write = gate.permission('invoice:write')
const inBatch = trustSet('batch')

const rows: readonly (readonly [
  name: string,
  live: Requirement,
  proposed: Requirement,
  denial: object | null,
])[] = [
  [
    'a permission that nobody gives',
    authenticated,
    write,
    { requirement: 'invoice:write', reason: 'not-granted', grant: null },
  ],
  ['a permission that a grant gives', authenticated, read, null],
  [
    'a narrower requirement',
    read,
    allOf(read, inBatch),
    {
      requirement: 'allOf(invoice:read, trustSet(batch))',
      reason: 'trust-set-mismatch',
      code: 'ERR_PEERGATE_TRUST_SET_MISMATCH',
    },
  ],
  ['a wider requirement', read, anyOf(read, inBatch), null],
  [
    'a permission on a public route',
    publicRoute,
    write,
    { requirement: 'invoice:write', reason: 'not-granted' },
  ],
]

for (const [name, live, proposed, denial] of rows) {
  t.test(`tries ${name}, and decides as if it were not there`, async (t) => {
    const events = hearEvents(t, 'permission-allowed', 'permission-denied')
    const sender = gate.admit(worker)
    const plain = gate.guard(live)(sender, worker)
    events.length = 0
    const tried = withShadow(live as never, proposed as never)
    t.strictSame(gate.guard(tried)(sender, worker), plain)
    const [allowed, ...denied] = events
    t.match(allowed, { type: 'permission-allowed' })
    t.match(denied, denial === null ? [] : [{ ...denial, policy: 'shadow', isEnforced: false }])
    t.equal(denied.length, denial === null ? 0 : 1)
  })
}

t.test('calls the requirement in force by its own name in what it records', async (t) => {
  const allowed = hearEvents(t, 'permission-allowed')
  gate.guard(withShadow(read, write))(gate.admit(worker), worker)
  t.match(
    allowed.map(({ requirement }) => requirement),
    ['invoice:read'],
  )
})

t.test('tries nothing where the requirement in force denies', async (t) => {
  const denials = hearEvents(t, 'permission-denied')
  t.match(gate.guard(withShadow(write, inBatch))(gate.admit(worker), worker), { allowed: false })
  t.match(
    denials.map(({ policy, requirement }) => [policy, requirement]),
    [['live', 'invoice:write']],
  )
})

const anonymous: AnonymousPeer = Object.freeze({
  source: 'fixed',
  refusal: new PeerGateError('ERR_PEERGATE_CERTIFICATE_MISSING', 'no certificate'),
})
const openSource: PeerSource = { name: 'fixed', read: () => anonymous }

t.test('records whom a public route lets in without an identity', async (t) => {
  const events = hearEvents(t, 'identity-absent', 'identity-rejected', 'permission-denied')
  const open = paymentsGate({ source: openSource })
  const request = {}
  const guard = open.guard(withShadow(publicRoute, open.permission('invoice:read')))
  const decision = { allowed: true, reason: 'public', grant: null }
  t.strictSame(guard(open.admit(request), request), decision)
  t.match(
    events.map(({ type, ...event }) => [
      type,
      event.code,
      'isEnforced' in event && event.isEnforced,
    ]),
    [
      ['identity-absent', 'ERR_PEERGATE_CERTIFICATE_MISSING', false],
      ['identity-rejected', 'ERR_PEERGATE_CERTIFICATE_MISSING', false],
    ],
  )
  t.match(events[1], { policy: 'shadow', isFirst: false })
  guard(open.admit(request), request)
  t.equal(events.length, 2)
})

t.test('records it though nobody listens to denials', async (t) => {
  const rejections = hearEvents(t, 'identity-rejected')
  const open = paymentsGate()
  const guard = open.guard(withShadow(publicRoute, authenticated))
  t.match(guard(open.admit(nameless), nameless), { allowed: true })
  t.match(rejections, [{ code: 'ERR_PEERGATE_IDENTITY_MISSING', isEnforced: false }])
})

t.test('does not hide a later refusal of the same request', async (t) => {
  const rejections = hearEvents(t, 'identity-rejected')
  const open = paymentsGate({ source: openSource })
  const [request, tried] = [{}, open.guard(withShadow(publicRoute, authenticated))]
  for (const guard of [tried, open.guard(authenticated), tried, open.guard(authenticated)]) {
    guard(open.admit(request), request)
  }
  t.match(
    rejections.map(({ isEnforced, policy }) => [isEnforced, policy]),
    [
      [false, 'shadow'],
      [true, 'live'],
    ],
  )
})

t.test('takes a sender that says nothing for one that nobody has admitted', async (t) => {
  const rejections = hearEvents(t, 'identity-rejected')
  const guard = gate.guard(withShadow(publicRoute, authenticated))
  t.match(guard({ evidence: {} } as never, {}), { allowed: true, reason: 'public' })
  t.match(rejections, [{ code: 'ERR_PEERGATE_MIDDLEWARE_MISSING', isEnforced: false }])
})

function unverifiedPeerOf(): never {
  throw new Error('boom')
}

t.test('lets in whom a public route lets in though the source fails at the record', async (t) => {
  hearEvents(t, 'identity-rejected')
  const open = paymentsGate({ source: { ...openSource, unverifiedPeerOf } })
  const warned = once(process, 'warning')
  const guard = open.guard(withShadow(publicRoute, authenticated))
  t.match(guard(open.admit({}), {}), { allowed: true, reason: 'public' })
  t.match(await warned, [
    {
      code: 'PEERGATE_CALLBACK_THREW',
      message: /^the record of what is only tried threw Error: boom/u,
    },
  ])
})

t.test('refuses whom a public route refuses', async (t) => {
  const rejections = hearEvents(t, 'identity-rejected')
  const decision = gate.guard(withShadow(publicRoute, authenticated))(null as never, {})
  t.match(decision, { allowed: false })
  t.match(
    rejections.map(({ isEnforced }) => isEnforced),
    [true],
  )
})

t.test(
  'judges what is proposed by the shadow policy, and by that in force without one',
  async (t) => {
    const denials = hearEvents(t, 'permission-denied')
    const tried = paymentsGate()
    const guard = tried.guard(
      withShadow(tried.permission('invoice:read'), tried.permission('invoice:write')),
    )
    const tell = () => {
      denials.length = 0
      guard(tried.admit(worker), worker)
      return denials.map(({ requirement, reason, grant }) => [requirement, reason, grant])
    }
    t.strictSame(tell(), [['invoice:write', 'not-granted', null]])
    const { permissions } = paymentsPolicy
    const identity = workerId
    tried.setShadowPolicy(
      definePolicy({
        identity: 'spiffe',
        permissions,
        grants: [{ identity, allow: ['invoice:write'] }],
      }),
    )
    t.strictSame(tell(), [['invoice:read', 'not-granted', null]])
    tried.setShadowPolicy(
      definePolicy({
        identity: 'spiffe',
        permissions,
        grants: [{ identity, deny: [...permissions] }],
      }),
    )
    t.strictSame(tell(), [
      ['invoice:read', 'denied', workerId],
      ['invoice:write', 'denied', workerId],
    ])
    tried.setShadowPolicy(null)
    t.strictSame(tell(), [['invoice:write', 'not-granted', null]])
  },
)

t.test('follows the policy in force in what is proposed', async (t) => {
  const denials = hearEvents(t, 'permission-denied')
  const changed = paymentsGate()
  const guard = changed.guard(withShadow(authenticated, changed.permission('invoice:write')))
  const grants = [{ identity: workerId, allow: ['invoice:read', 'invoice:write'] }] as const
  const { identity, permissions } = paymentsPolicy
  changed.setPolicy(definePolicy({ identity, permissions, grants }))
  guard(changed.admit(worker), worker)
  t.strictSame(denials, [])
})

t.test('shows what it states, and cannot be changed', async (t) => {
  const requirement = withShadow(authenticated, read)
  t.equal(requirement.live, authenticated)
  t.equal(requirement.proposed, read)
  t.ok(Object.isFrozen(requirement))
})

const make = withShadow as (live: unknown, proposed: unknown) => Requirement
const forms =
  'must be a permission, gate.permission(…), trustSet(…), minimumAssurance(…), when(…), allOf(…), anyOf(…), withShadow(…), authenticated or publicRoute'
const nested = withShadow(authenticated, read)

const faults: readonly (readonly [string, make: () => unknown, fault: string])[] = [
  ['nothing', () => make(undefined, undefined), `withShadow: "live" ${forms}`],
  ['nothing that is proposed', () => make(authenticated, {}), `withShadow: "proposed" ${forms}`],
  [
    'a proposal that denies nobody',
    () => make(authenticated, publicRoute),
    'withShadow: "proposed" is publicRoute, which would deny nobody',
  ],
  [
    'one within another',
    () => make(nested, read),
    'withShadow: "live" is withShadow(…) itself; propose one at a time',
  ],
  [
    'one proposed within another',
    () => make(authenticated, nested),
    'withShadow: "proposed" is withShadow(…) itself; propose one at a time',
  ],
  [
    'one within allOf',
    () => allOf(read, nested as never),
    'allOf: requirement 2 is withShadow(…), which can stand in no other; put allOf(…) into it',
  ],
  [
    'one within anyOf',
    () => anyOf(nested as never),
    'anyOf: requirement 1 is withShadow(…), which can stand in no other; put anyOf(…) into it',
  ],
]

for (const [name, make, fault] of faults) {
  t.test(`refuses ${name}`, async (t) => {
    const error = faultOf(make)
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, fault)
  })
}

const foreign: readonly (readonly [string, Requirement, code: string])[] = [
  [
    'of another gate',
    withShadow(authenticated, paymentsGate().permission('invoice:read')),
    'ERR_PEERGATE_GATE_FOREIGN',
  ],
  [
    'outside of the vocabulary',
    make(authenticated, 'invoice:raed'),
    'ERR_PEERGATE_PERMISSION_UNKNOWN',
  ],
]

for (const [name, requirement, code] of foreign) {
  t.test(`refuses to try a permission ${name}`, async (t) => {
    t.equal(faultOf(() => gate.guard(requirement))?.code, code)
  })
}

t.test('keeps a policy out that lacks what is proposed', async (t) => {
  const changed = paymentsGate()
  changed.guard(withShadow(authenticated, changed.permission('invoice:write')))
  const reading = definePolicy({
    identity: 'spiffe',
    permissions: ['invoice:read'],
    grants: [{ identity: workerId, allow: ['invoice:read'] }],
  })
  t.match(
    faultOf(() => changed.setPolicy(reading))?.detail,
    'lacks what a route needs: permission "invoice:write" is not known',
  )
})

t.test('counts what is proposed as needed in the audit', async (t) => {
  const audited = paymentsGate()
  const [reading, writing] = paymentsPolicy.permissions.map((tag) => audited.permission(tag))
  const guard = audited.guard(withShadow(reading as never, writing as never))
  const route = { method: 'GET', path: '/', requirements: [{ guard, parameters: [] }] }
  audited.declareRoutes({ routes: () => [route], isComplete: () => true })
  t.strictSame(
    audited.audit().map(({ rule }) => rule),
    ['permission-unheld'],
  )
})

t.test('explains what is demanded, and not what is proposed', async (t) => {
  const { requirement, outcome, permissions } = gate.explain(
    gate.identify(worker),
    withShadow(read, write),
  )
  t.equal(requirement, 'invoice:read')
  t.equal(outcome, 'met')
  t.equal(permissions.length, 1)
})
