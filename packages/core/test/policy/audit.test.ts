import { allOf, anyOf, authenticated, createPeerGate, definePolicy } from '@peergate/core'
import type { Grant, PeerGateOptions, Requirement } from '@peergate/core'
import t from 'tap'
import { fixedSource } from '../support/fixed-source.js'
import { noon, workloads } from '../support/payments-gate.js'

type Permission = 'invoice:read' | 'invoice:write'

const worker = 'spiffe://prod.example/ns/payments/sa/worker'
// Bare tags, of a policy that is not registered.
const read = 'invoice:read' as never
const write = 'invoice:write' as never
const both = anyOf(read, write)
const everything: Grant<Permission> = { identity: worker, allow: ['invoice:read', 'invoice:write'] }
const tenant: Grant<Permission> = {
  anyIdentity: true,
  allow: ['invoice:read'],
  where: { params: { tenant: 'acme' } },
}

/** Routes by path, each with what it requires and the parameters that it gives to that. */
type Routes = Readonly<Record<string, readonly (readonly [Requirement, ...string[]])[]>>

/** What the audit finds between grants and routes. */
function audit(
  grants: readonly Grant<Permission>[],
  routes: Routes,
  options: Partial<PeerGateOptions<'spiffe', Permission>> = {},
) {
  const policy = definePolicy({
    identity: 'spiffe',
    permissions: ['invoice:read', 'invoice:write'],
    grants,
  })
  const gate = createPeerGate({
    source: fixedSource,
    identity: workloads,
    policy,
    clock: () => noon,
    ...options,
  })
  gate.declareRoutes({
    isComplete: () => true,
    routes: () =>
      Object.entries(routes).map(([path, stated]) => ({
        method: 'GET',
        path,
        requirements: stated.map(([requirement, ...parameters]) => ({
          guard: gate.guard(requirement),
          parameters,
        })),
      })),
  })
  return gate.audit()
}

function missingIn(route: string): string {
  return `grants.1 demands the parameter "tenant", which ${route} does not give to its requirement`
}

t.test('finds nothing where every permission is needed and held', async (t) => {
  t.strictSame(audit([everything], { '/a': [[read]], '/b': [[write]] }), [])
})

t.test('looks for what is needed in all parts of all requirements of a route', async (t) => {
  t.strictSame(audit([everything], { '/a': [[authenticated], [allOf(authenticated, both)]] }), [])
})

t.test('finds what no route needs', async (t) => {
  const detail = 'no route needs "invoice:write": take it out of the vocabulary, or name it'
  const found = [{ rule: 'permission-unneeded', detail }]
  t.strictSame(audit([everything], { '/a': [[read]], '/b': [[authenticated]] }), found)
})

t.test('finds what nobody holds, or nobody any more', async (t) => {
  const detail = 'nobody holds "invoice:write": no grant that has not ended gives it'
  const found = [{ rule: 'permission-unheld', detail }]
  const reader: Grant<Permission> = { identity: worker, allow: ['invoice:read'] }
  const denied: Grant<Permission> = { anyIdentity: true, deny: ['invoice:write'] }
  const writerUntil = (notAfter: string): Grant<Permission> => ({
    identity: `${worker}2`,
    allow: ['invoice:write'],
    notAfter,
  })
  const routes = { '/a': [[both]] } as const
  t.strictSame(audit([reader, denied], routes), found)
  t.strictSame(audit([reader, writerUntil('2026-06-01T11:59:59Z')], routes), found)
  t.strictSame(audit([reader, writerUntil('2026-06-01T12:00:00Z')], routes), [])
})

t.test('counts a grant that begins later, and every grant by a clock that fails', async (t) => {
  const routes = { '/a': [[both]] } as const
  const later = { ...everything, notBefore: '2027-01-01T00:00:00Z' }
  t.strictSame(audit([later], routes), [])
  const over = { ...everything, notAfter: '2020-01-01T00:00:00Z' }
  t.equal(audit([over], routes).length, 2)
  t.strictSame(audit([over], routes, { clock: () => Number.NaN }), [])
})

t.test('leaves it to an engine who holds what', async (t) => {
  const denied: Grant<Permission> = { anyIdentity: true, deny: ['invoice:write'] }
  t.strictSame(audit([denied], { '/a': [[both]] }, { authorize: () => true }), [])
})

t.test('finds a route without the parameter that a grant demands', async (t) => {
  const rule = 'parameter-missing'
  const grants = [everything, tenant]
  t.strictSame(audit(grants, { '/:tenant': [[both, 'tenant']] }), [])
  t.strictSame(audit(grants, { '/all': [[both]] }), [{ rule, detail: missingIn('GET /all') }])
  t.strictSame(audit(grants, { '/:id': [[both, 'id']] }), [{ rule, detail: missingIn('GET /:id') }])
  const routes: Routes = { '/:tenant': [[both, 'tenant'], [read], [allOf(read)]] }
  t.strictSame(audit(grants, routes), [{ rule, detail: missingIn('GET /:tenant') }])
})

t.test('finds it for a grant that denies, and for no grant of another permission', async (t) => {
  const denial: Grant<Permission> = {
    anyIdentity: true,
    deny: ['invoice:write'],
    where: { params: { tenant: 'acme' } },
  }
  const found = audit([everything, denial], { '/read': [[read]], '/write': [[write]] })
  t.match(found, [{ detail: /^grants\.1 demands .* GET \/write / }])
  t.equal(found.length, 1)
})

function missingOfThree(parameter: string, route: string): object {
  const detail = `grants.1 and 2 more grants of "invoice:read" demand the parameter "${parameter}", which ${route} does not give to its requirement`
  return { rule: 'parameter-missing', detail }
}

t.test('finds a parameter of a route once, however many grants demand it', async (t) => {
  const tenants = ['worker', 'export', 'import'].map((name): Grant<Permission> => ({
    identity: `spiffe://prod.example/ns/payments/sa/${name}`,
    allow: ['invoice:read'],
    where: { params: { tenant: 'acme', region: 'eu' } },
  }))
  const found = audit([everything, ...tenants], {
    '/all': [[both], [read]],
    '/:tenant': [[both, 'tenant']],
  })
  t.strictSame(found, [
    missingOfThree('tenant', 'GET /all'),
    missingOfThree('region', 'GET /all'),
    missingOfThree('region', 'GET /:tenant'),
  ])
})

function manyRoutes(count: number): Routes {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`/${index}`, [[both]] as const]),
  )
}

t.test('tells a hundred findings, and how many more there are', async (t) => {
  t.equal(audit([everything, tenant], manyRoutes(100)).length, 100)
  const found = audit([everything, tenant], manyRoutes(150))
  t.equal(found.length, 101)
  t.strictSame(found.at(-1), { rule: 'more-findings', detail: 'and 50 more findings' })
})

t.test('tells of many grants and many routes in few words', async (t) => {
  const grants = Array.from({ length: 500 }, (_, index): Grant<Permission> => ({
    identity: `${worker}${index}`,
    allow: ['invoice:read'],
    where: { params: { tenant: 'acme' } },
  }))
  const routes = Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [`/${index}`, [[read]] as const]),
  )
  const found = audit([everything, ...grants], routes)
  t.equal(found.length, 101)
  t.ok(found.every(({ detail }) => detail.length < 200))
})

t.test('names the constraints of a route', async (t) => {
  const policy = definePolicy({
    identity: 'spiffe',
    permissions: ['invoice:read'],
    grants: [{ anyIdentity: true, allow: ['invoice:read'], where: { params: { tenant: 'a' } } }],
  })
  const gate = createPeerGate({ source: fixedSource, identity: workloads, policy })
  const requirements = [{ guard: gate.guard(gate.permission('invoice:read')), parameters: [] }]
  const constraints = { version: '1.2.0', host: 'a.example' }
  gate.declareRoutes({
    routes: () => [{ method: 'GET', path: '/a', constraints, requirements }],
    isComplete: () => true,
  })
  t.match(gate.audit(), [{ detail: /which GET \/a \(version 1\.2\.0, host a\.example\) does/u }])
})
