import {
  allOf,
  anyOf,
  authenticated,
  createPeerGate,
  definePolicy,
  minimumAssurance,
  publicRoute,
  trustSet,
  when,
  withShadow,
} from '@peergate/core'
import type { InventoryRoute, Requirement } from '@peergate/core'
import t from 'tap'
import { fixedSource } from '../support/fixed-source.js'
import { workloads } from '../support/payments-gate.js'

const policy = definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write', 'admin:reindex'],
  roles: { clerk: { allow: ['invoice:read', 'invoice:write'] } },
  grants: [
    { identity: 'spiffe://prod.example/ns/payments/sa/*', roles: ['clerk'], trustSet: 'payments' },
    { identity: 'spiffe://prod.example/ns/payments/sa/export', deny: ['invoice:write'] },
    { anyIdentity: true, allow: ['invoice:read'], where: { params: { tenant: 'demo' } } },
  ],
})
// Bare tags, of a policy that is not registered.
const [read, write, reindex] = policy.permissions as readonly string[] as [never, never, never]

/** The inventory of routes, each with its list of requirements. */
function inventoryOf(
  routes: readonly {
    readonly method?: string
    readonly path?: string
    readonly constraints?: Readonly<Record<string, string>>
    readonly needs: readonly Requirement[]
  }[],
): readonly InventoryRoute[] {
  const gate = createPeerGate({ source: fixedSource, identity: workloads, policy })
  const listed = routes.map(({ method = 'GET', path = '/', constraints, needs }) => ({
    method,
    path,
    ...(constraints !== undefined && { constraints }),
    requirements: needs.map((need) => ({ guard: gate.guard(need), parameters: [] })),
  }))
  gate.declareRoutes({ routes: () => listed, isComplete: () => true })
  return gate.inventory()
}

t.test('lists every grant of what a route needs, with its conditions', async (t) => {
  t.strictSame(inventoryOf([{ path: '/invoices', needs: [write] }]), [
    {
      method: 'GET',
      path: '/invoices',
      constraints: {},
      requirement: 'invoice:write',
      permissions: ['invoice:write'],
      identities: [
        {
          permission: 'invoice:write',
          effect: 'allow',
          peers: 'spiffe://prod.example/ns/payments/sa/*',
          conditions: ['the trust set "payments"'],
          place: 'grants.0',
        },
        {
          permission: 'invoice:write',
          effect: 'deny',
          peers: 'spiffe://prod.example/ns/payments/sa/export',
          conditions: [],
          place: 'grants.1',
        },
      ],
    },
  ])
})

t.test('lists the grants of several permissions one after the other', async (t) => {
  const [route] = inventoryOf([{ needs: [anyOf(reindex, allOf(write, read)), read] }])
  t.strictSame(route?.permissions, ['admin:reindex', 'invoice:write', 'invoice:read'])
  t.match(
    route?.identities.map(({ permission, place }) => `${permission} ${place}`),
    [
      'invoice:write grants.0',
      'invoice:write grants.1',
      'invoice:read grants.0',
      'invoice:read grants.2',
    ],
  )
})

function isOwner(): boolean {
  return false
}

/** What a route needs one after the other, and how that is written. */
const written: readonly (readonly [readonly Requirement[], string])[] = [
  [[], 'closed'],
  [[publicRoute], 'publicRoute'],
  [[authenticated], 'authenticated'],
  [[read], 'invoice:read'],
  [[trustSet('payments')], 'trustSet(payments)'],
  [[minimumAssurance('tls')], 'minimumAssurance(tls)'],
  [[when(isOwner)], 'when(isOwner)'],
  [[when(() => true)], 'when(anonymous)'],
  [
    [anyOf(read, allOf(write, when(isOwner)))],
    'anyOf(invoice:read, allOf(invoice:write, when(isOwner)))',
  ],
  [[publicRoute, authenticated], 'authenticated'],
  [[authenticated, read, publicRoute], 'invoice:read'],
  [[read, read], 'invoice:read'],
  [[when(isOwner), when(isOwner)], 'when(isOwner)'],
  [[when(() => true), when(() => false)], 'allOf(when(anonymous), when(anonymous))'],
  [[read, trustSet('payments')], 'allOf(invoice:read, trustSet(payments))'],
]

for (const [needs, text] of written) {
  t.test(`writes a requirement as ${text}`, async (t) => {
    t.equal(inventoryOf([{ needs }])[0]?.requirement, text)
  })
}

t.test('lists what is enough without a permission', async (t) => {
  const [route] = inventoryOf([{ needs: [anyOf(write, trustSet('payments'))] }])
  t.strictSame(route?.alternatives, ['trustSet(payments)'])
})

t.test('orders routes by path, method and constraints', async (t) => {
  const inventory = inventoryOf([
    { path: '/b', needs: [read] },
    { path: '/a', method: 'POST', needs: [write] },
    { path: '/a', constraints: { version: '2.0.0' }, needs: [write] },
    { path: '/a', constraints: { version: '1.0.0' }, needs: [write] },
    { path: '/a', needs: [read] },
  ])
  t.strictSame(
    inventory.map(({ method, path, constraints }) => [method, path, constraints['version']]),
    [
      ['GET', '/a', undefined],
      ['GET', '/a', '1.0.0'],
      ['GET', '/a', '2.0.0'],
      ['POST', '/a', undefined],
      ['GET', '/b', undefined],
    ],
  )
})

t.test('lists what two applications have in common once', async (t) => {
  const inventory = inventoryOf([{ needs: [read] }, { needs: [read] }, { needs: [write] }])
  t.strictSame(
    inventory.map(({ requirement }) => requirement),
    ['invoice:read', 'invoice:write'],
  )
})

t.test('cannot be changed', async (t) => {
  const inventory = inventoryOf([{ constraints: { version: '1.0.0' }, needs: [read] }])
  const [route] = inventory
  const [identity] = route?.identities ?? []
  const parts = [inventory, route, route?.constraints, route?.permissions, route?.identities]
  for (const part of [...parts, identity, identity?.conditions]) t.ok(Object.isFrozen(part))
})

t.test('shows beside what a route needs what it would need', async (t) => {
  const shown = inventoryOf([
    { path: '/a', needs: [withShadow(authenticated, reindex)] },
    { path: '/b', needs: [trustSet('payments'), withShadow(read, allOf(read, write))] },
    { path: '/c', needs: [withShadow(publicRoute, authenticated), publicRoute] },
    { path: '/d', needs: [read] },
  ])
  t.strictSame(
    shown.map(({ requirement, shadow, permissions }) => [requirement, shadow, permissions]),
    [
      ['authenticated', 'admin:reindex', []],
      [
        'allOf(trustSet(payments), invoice:read)',
        'allOf(trustSet(payments), allOf(invoice:read, invoice:write))',
        ['invoice:read'],
      ],
      ['publicRoute', 'authenticated', []],
      ['invoice:read', undefined, ['invoice:read']],
    ],
  )
  t.notOk('shadow' in (shown.at(-1) ?? {}))
})
