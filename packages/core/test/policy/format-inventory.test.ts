import { formatInventory } from '@peergate/core'
import type { InventoryIdentity, InventoryRoute } from '@peergate/core'
import t from 'tap'

function identityOf(own: Partial<InventoryIdentity> = {}): InventoryIdentity {
  const peers = 'spiffe://prod.example/a'
  return {
    permission: 'invoice:read',
    effect: 'allow',
    peers,
    conditions: [],
    place: 'grants.0',
    ...own,
  }
}

function routeOf(own: Partial<InventoryRoute> = {}): InventoryRoute {
  return {
    method: 'GET',
    path: '/a',
    constraints: {},
    requirement: 'invoice:read',
    permissions: ['invoice:read'],
    identities: [identityOf()],
    ...own,
  }
}

const inventory: readonly InventoryRoute[] = [
  routeOf({
    path: '/invoices/:id',
    constraints: { version: '1.2.0', host: 'a.example' },
    identities: [
      identityOf(),
      identityOf({ peers: 'any identity', conditions: ['the trust set "b"', 'the assurance tls'] }),
      identityOf({ effect: 'deny', peers: 'spiffe://prod.example/c' }),
    ],
  }),
  routeOf({
    method: 'ALL',
    path: '/',
    requirement: 'publicRoute',
    permissions: [],
    identities: [],
  }),
]

t.test('makes a table with its columns in line', async (t) => {
  const table = `
Method  Path                                          Requirement   Identities
GET     /invoices/:id (version 1.2.0, host a.example)  invoice:read  spiffe://prod.example/a
                                                                     any identity, needs the trust set "b" and the assurance tls
                                                                     not spiffe://prod.example/c
ALL     /                                              publicRoute   anybody`
  const [, titles, ...rows] = table.split('\n')
  t.equal(formatInventory(inventory), [titles?.replace('Path  ', 'Path   '), ...rows].join('\n'))
  t.equal(formatInventory(inventory, 'table'), formatInventory(inventory))
})

t.test('makes Markdown in which nothing is markup', async (t) => {
  t.equal(
    formatInventory(inventory, 'markdown'),
    [
      '| Method | Path | Requirement | Identities |',
      '| --- | --- | --- | --- |',
      '| `GET` | `/invoices/:id (version 1.2.0, host a.example)` | `invoice:read` | `spiffe://prod.example/a`<br>`any identity, needs the trust set "b" and the assurance tls`<br>`not spiffe://prod.example/c` |',
      '| `ALL` | `/` | `publicRoute` | `anybody` |',
    ].join('\n'),
  )
})

for (const [path, code] of [
  ['/a|b', String.raw`\`/a\|b\``.replaceAll('\\`', '`')],
  ['/a`b', '``/a`b``'],
  ['/a``b`c', '```/a``b`c```'],
  ['`a`', '`` `a` ``'],
  ['/<b>&amp;', '`/<b>&amp;`'],
] as const) {
  t.test(`writes ${path} in Markdown as ${code}`, async (t) => {
    t.ok(formatInventory([routeOf({ path })], 'markdown').includes(`| ${code} |`))
  })
}

/** A route, and what its last cell says. */
const cells: readonly (readonly [Partial<InventoryRoute>, string])[] = [
  [{ requirement: 'closed', permissions: [], identities: [] }, 'nobody'],
  [{ requirement: 'publicRoute', permissions: [], identities: [] }, 'anybody'],
  [{ requirement: 'authenticated', permissions: [], identities: [] }, 'any identity'],
  [{ requirement: 'trustSet(a)', permissions: [], identities: [] }, 'any identity that meets it'],
  [{ identities: [] }, 'nobody by a grant'],
  [{ alternatives: ['trustSet(a)'] }, 'any identity that meets trustSet(a)'],
  [{ permissions: ['invoice:read', 'b'] }, 'invoice:read: spiffe://prod.example/a'],
  [
    { permissions: ['a', 'b'], identities: [identityOf({ effect: 'deny', conditions: ['x'] })] },
    'not invoice:read: spiffe://prod.example/a, needs x',
  ],
]

for (const [own, cell] of cells) {
  t.test(`says of the identities of ${own.requirement ?? 'a permission'}: ${cell}`, async (t) => {
    t.ok(formatInventory([routeOf(own)]).endsWith(`  ${cell}`))
  })
}

t.test('has its titles alone where there is no route', async (t) => {
  t.equal(formatInventory([]), 'Method  Path  Requirement  Identities')
})

t.test('shows what a route would need beside what it needs', async (t) => {
  const route = routeOf({
    requirement: 'authenticated',
    shadow: 'invoice:read',
    permissions: [],
    identities: [],
  })
  const [, line] = formatInventory([route]).split('\n')
  t.match(line, /GET +\/a +authenticated, shadow invoice:read +any identity$/u)
})
