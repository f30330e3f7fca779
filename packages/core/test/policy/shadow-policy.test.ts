import { once } from 'node:events'
import t from 'tap'
import { allOf, authenticated, definePolicy, publicRoute, spiffe } from '@peergate/core'
import type { Grant, Policy, Requirement } from '@peergate/core'
import { atOnce, gateBy, senderWith } from '../support/decide-by.js'
import type { InvoicePermission } from '../support/decide-by.js'
import { faultOf } from '../support/fault-of.js'
import { fixedSource } from '../support/fixed-source.js'
import { hearEvents } from '../support/heard-events.js'
import { paymentsGate, worker, workerId } from '../support/payments-gate.js'

const workers = 'spiffe://prod.example/ns/payments/sa/*'
const permissions = ['invoice:read', 'invoice:write'] as const

function policyOf(
  ...grants: readonly Grant<InvoicePermission>[]
): Policy<'spiffe', InvoicePermission> {
  return definePolicy({ identity: 'spiffe', permissions, grants })
}

const sameGrant = policyOf({ identity: workers, allow: ['invoice:read'] })
const denying = policyOf(
  { identity: workers, allow: ['invoice:read'] },
  { identity: workerId, deny: ['invoice:read'] },
)
const otherGrant = policyOf({ identity: `${workerId}2`, allow: ['invoice:read'] })
const needing = policyOf({
  identity: workers,
  allow: ['invoice:read'],
  where: { params: { tenant: 'acme' } },
})

const rows: readonly (readonly [
  name: string,
  shadow: Policy<'spiffe', InvoicePermission>,
  denial: object,
])[] = [
  [
    'by the grant that would deny',
    denying,
    {
      reason: 'denied',
      grant: workerId,
      detail: `grants.1 denies invoice:read to "${workerId}"`,
    },
  ],
  [
    'that no grant would give the permission',
    otherGrant,
    {
      reason: 'not-granted',
      grant: null,
      detail: `no grant gives invoice:read to "${workerId}"`,
    },
  ],
  [
    'what a grant would need besides',
    needing,
    {
      reason: 'not-granted',
      grant: null,
      detail: `no grant gives invoice:read to "${workerId}"; grants.0 needs the parameter "tenant" of the route to be "acme"`,
    },
  ],
]

for (const [name, shadow, denial] of rows) {
  t.test(`records ${name}, and lets the request pass`, async (t) => {
    const denials = hearEvents(t, 'permission-denied')
    const gate = paymentsGate({ name: 'invoices', shadow })
    const guard = gate.guard(gate.permission('invoice:read'))
    t.strictSame(atOnce(guard(gate.admit(worker), worker)), {
      allowed: true,
      reason: 'granted',
      grant: workers,
    })
    t.equal(denials.length, 1)
    t.match(denials[0], {
      ...denial,
      type: 'permission-denied',
      layer: 'authorization',
      gate: 'invoices',
      mode: 'enforce',
      policy: 'shadow',
      isEnforced: false,
      code: 'ERR_PEERGATE_PERMISSION_DENIED',
      statusCode: 403,
      requirement: 'invoice:read',
      identity: gate.identify(worker),
      request: { id: gate.requestId(worker).id, route: null },
    })
  })
}

t.test('records nothing where both policies allow', async (t) => {
  const denials = hearEvents(t, 'permission-denied')
  const gate = paymentsGate({ shadow: sameGrant })
  gate.guard(gate.permission('invoice:read'))(gate.admit(worker), worker)
  t.strictSame(denials, [])
})

t.test('tells of the policy in force alone where that denies', async (t) => {
  const denials = hearEvents(t, 'permission-denied')
  const gate = paymentsGate({ shadow: otherGrant })
  const guard = gate.guard(gate.permission('invoice:write'))
  t.match(guard(gate.admit(worker), worker), { allowed: false })
  t.match(
    denials.map(({ policy, isEnforced }) => [policy, isEnforced]),
    [['live', true]],
  )
})

t.test('tells of the policy in force alone where that would deny, and only observes', async (t) => {
  const warned = once(process, 'warning')
  const gate = paymentsGate({ source: { ...fixedSource, mode: 'observe' }, shadow: otherGrant })
  t.match(await warned, [{ code: 'PEERGATE_OBSERVING' }])
  const denials = hearEvents(t, 'permission-denied')
  for (const permission of permissions) {
    const guard = gate.guard(gate.permission(permission))
    t.match(guard(gate.admit(worker), worker), { allowed: true })
  }
  t.match(
    denials.map(({ policy, requirement, isEnforced }) => [policy, requirement, isEnforced]),
    [
      ['shadow', 'invoice:read', false],
      ['live', 'invoice:write', false],
    ],
  )
})

t.test('tells the place of a request as its adapter describes it', async (t) => {
  const denials = hearEvents(t, 'permission-denied')
  const gate = paymentsGate({ shadow: denying })
  const guard = gate.guard(gate.permission('invoice:read'))
  guard(gate.admit(worker), {}, {}, () => ({ raw: worker, route: 'GET /invoices' }))
  t.match(denials, [{ request: { route: 'GET /invoices' } }])
})

t.test('gives the shadow the parameters of the route', async (t) => {
  const denials = hearEvents(t, 'permission-denied')
  const gate = paymentsGate({ shadow: needing })
  const guard = gate.guard(gate.permission('invoice:read'))
  for (const tenant of ['acme', 'umbra']) guard(gate.admit(worker), worker, { tenant })
  t.equal(denials.length, 1)
})

t.test('judges nothing by the shadow of what no policy decides', async (t) => {
  const events = hearEvents(t, 'permission-denied', 'identity-rejected')
  const gate = paymentsGate({ shadow: otherGrant })
  for (const requirement of [authenticated, publicRoute]) {
    t.match(gate.guard(requirement)(gate.admit(worker), worker), { allowed: true })
  }
  t.match(gate.guard(publicRoute)(gate.admit({}), {}), { allowed: false })
  t.match(
    events.map(({ type, isEnforced }) => [type, isEnforced]),
    [['identity-rejected', true]],
  )
})

t.test('tries another policy from the next request on, for guards that there are', async (t) => {
  const denials = hearEvents(t, 'permission-denied')
  const gate = paymentsGate()
  const guard = gate.guard(gate.permission('invoice:read'))
  const countDenials = () => {
    denials.length = 0
    t.match(guard(gate.admit(worker), worker), { allowed: true })
    return denials.length
  }
  t.equal(countDenials(), 0)
  gate.setShadowPolicy(otherGrant)
  t.equal(countDenials(), 1)
  gate.setShadowPolicy(sameGrant)
  t.equal(countDenials(), 0)
  gate.setShadowPolicy(denying)
  t.equal(countDenials(), 1)
  gate.setShadowPolicy(null)
  t.equal(countDenials(), 0)
})

t.test('puts the shadow in force by setPolicy, and not by itself', async (t) => {
  const gate = paymentsGate({ shadow: otherGrant })
  const guard = gate.guard(gate.permission('invoice:read'))
  t.match(guard(gate.admit(worker), worker), { allowed: true })
  gate.setPolicy(otherGrant)
  t.match(guard(gate.admit(worker), worker), { allowed: false })
})

const allowing = gateBy([{ identity: workerId, allow: ['invoice:read'] }])

const unfit: readonly (readonly [string, policy: unknown, fault: string])[] = [
  ['of nothing', undefined, 'setShadowPolicy: the policy must be made by definePolicy'],
  ['that is a copy', { ...denying }, 'setShadowPolicy: the policy must be made by definePolicy'],
  [
    'of another kind',
    definePolicy({
      identity: 'dns',
      permissions,
      grants: [{ identity: 'a.example', allow: ['invoice:read'] }],
    }),
    'setShadowPolicy: the policy grants to dns identities, and the gate reads spiffe',
  ],
  [
    'without a grant',
    definePolicy({ identity: 'spiffe', permissions }),
    'setShadowPolicy: the policy holds no grant, and the gate has no "authorize"',
  ],
  [
    'of another trust domain',
    policyOf({ identity: 'spiffe://test.example/a', allow: ['invoice:read'] }),
    'definePolicy: option "grants.0.identity" can match nobody: the gate reads identities of the trust domain prod.example',
  ],
  [
    'that lacks what a route needs',
    definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:write'],
      grants: [{ identity: workers, allow: ['invoice:write'] }],
    }),
    'definePolicy: option "permissions" of the shadow policy lacks what a route needs: permission "invoice:read" is not known; did you mean "invoice:write"?',
  ],
]

for (const [name, policy, fault] of unfit) {
  t.test(`refuses a shadow policy ${name}, and tries the old one further`, async (t) => {
    const denials = hearEvents(t, 'permission-denied')
    const gate = paymentsGate({ shadow: otherGrant })
    const guard = gate.guard(gate.permission('invoice:read'))
    t.equal(faultOf(() => gate.setShadowPolicy(policy as Policy))?.detail, fault)
    guard(gate.admit(worker), worker)
    t.equal(denials.length, 1)
  })
}

t.test(
  'refuses a shadow at creation that does not fit, and says that it is the shadow',
  async (t) => {
    const dns = definePolicy({
      identity: 'dns',
      permissions,
      grants: [{ identity: 'a.example', allow: ['invoice:read'] }],
    })
    t.equal(
      faultOf(() => paymentsGate({ shadow: dns as never }))?.detail,
      'createPeerGate: option "shadow": the policy grants to dns identities, and the gate reads spiffe',
    )
    t.match(
      faultOf(() => paymentsGate({ shadow: {} as never }))?.detail,
      'createPeerGate: option "shadow" must be made by definePolicy or policyFile',
    )
    const set = policyOf({ identity: workers, allow: ['invoice:read'], trustSet: 'batch' })
    const source = { name: 'fixed', trustSets: ['payments'], read: () => ({}) as never }
    t.match(
      faultOf(() => paymentsGate({ source, shadow: set }))?.detail,
      /option "grants.0.trustSet" names the trust set "batch", which is not known/u,
    )
  },
)

t.test('refuses a route that names what the shadow does not know', async (t) => {
  const reading = definePolicy({
    identity: 'spiffe',
    permissions: ['invoice:read'],
    grants: [{ identity: workers, allow: ['invoice:read'] }],
  })
  const gate = paymentsGate({ shadow: reading })
  const requirement: Requirement = allOf(authenticated, gate.permission('invoice:write'))
  const error = faultOf(() => gate.guard(requirement))
  t.equal(error?.code, 'ERR_PEERGATE_PERMISSION_UNKNOWN')
  t.equal(
    error?.detail,
    'definePolicy: option "permissions" of the shadow policy lacks what a route needs: permission "invoice:write" is not known; did you mean "invoice:read"?',
  )
  gate.setShadowPolicy(null)
  t.type(gate.guard(requirement), 'function')
})

t.test('judges no request by the shadow while nobody listens', async (t) => {
  let asked = 0
  const clock = () => {
    asked += 1
    return Date.UTC(2026, 5, 1, 12)
  }
  const timed = policyOf({
    identity: workers,
    allow: ['invoice:read'],
    notAfter: '2026-01-01T00:00:00Z',
  })
  const gate = paymentsGate({
    shadow: timed,
    clock,
    identity: spiffe({ trustDomain: 'prod.example' }),
  })
  const guard = gate.guard(gate.permission('invoice:read'))
  const sender = gate.admit(worker)
  asked = 0
  guard(sender, worker)
  hearEvents(t, 'permission-allowed')
  guard(sender, worker)
  t.equal(asked, 0)
  const denials = hearEvents(t, 'permission-denied')
  guard(sender, worker)
  t.equal(asked, 1)
  t.equal(denials.length, 1)
})

t.test('has no shadow by default, and takes null for none', async (t) => {
  const denials = hearEvents(t, 'permission-denied')
  allowing.setShadowPolicy(null)
  const guard = allowing.guard(allowing.permission('invoice:read'))
  t.match(guard(senderWith(), worker), { allowed: true })
  t.strictSame(denials, [])
})
