import {
  authenticated,
  createPeerGate,
  definePolicy,
  publicRoute,
  socketSource,
  spiffe,
} from '@peergate/core'
import type { InventoryRoute, PeerGate, PeerGateError, PeerGateOptions } from '@peergate/core'
import { peergate } from '@peergate/fastify'
import type { PeergateOptions } from '@peergate/fastify'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { createApp, tls } from './test-app.js'

type Permission = 'invoice:read' | 'invoice:write'

const policy = definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
  grants: [
    { anyIdentity: true, allow: ['invoice:write'] },
    { anyIdentity: true, allow: ['invoice:read'], where: { params: { tenant: 'acme' } } },
  ],
})

function createGate(
  own: Partial<PeerGateOptions<'spiffe', Permission>> = {},
): PeerGate<Permission> {
  const identity = spiffe({ trustDomain: 'prod.example' })
  return createPeerGate({ source: socketSource({ tls }), identity, policy, ...own })
}

/** A gate, an application that it guards, and two permissions of it. */
async function createGuardedApp(
  own: Partial<PeerGateOptions<'spiffe', Permission>> = {},
  routes: PeergateOptions['routes'] = {},
) {
  const gate = createGate(own)
  const app = createApp()
  await app.register(peergate, { gate, routes })
  const readable = { config: { permission: gate.permission('invoice:read') } }
  const writable = { config: { permission: gate.permission('invoice:write') } }
  return { gate, app, readable, writable }
}

function handler(): string {
  return 'ok'
}

function rowOf({ method, path, constraints, requirement }: InventoryRoute): string {
  return [method, path, ...Object.entries(constraints).flat(), requirement].join(' ')
}

async function inventoryOf(gate: PeerGate, app: FastifyInstance): Promise<readonly string[]> {
  await app.ready()
  return gate.inventory().map(rowOf)
}

t.test('lists every route with its whole URL and all that it states', async (t) => {
  const { gate, app, readable, writable } = await createGuardedApp()
  app.get('/silent', handler)
  app.register(
    async (child) => {
      child.setDefaultRequirement(authenticated)
      child.get('/', writable, handler)
      child.get('/default', handler)
      child.register(async (grandchild) => grandchild.post('/:tenant', readable, handler), {
        prefix: '/tenants',
      })
      const onRequest = child.requirePermission(gate.permission('invoice:write'))
      child.delete('/hook', { onRequest }, handler)
      child.delete('/both', { config: { permission: publicRoute }, onRequest }, handler)
      child.delete('/two', { ...readable, preHandler: [onRequest] }, handler)
    },
    { prefix: '/v1' },
  )
  t.strictSame(await inventoryOf(gate, app), [
    'GET /silent closed',
    'GET /v1 invoice:write',
    'GET /v1/ invoice:write',
    'DELETE /v1/both invoice:write',
    'GET /v1/default authenticated',
    'DELETE /v1/hook invoice:write',
    'POST /v1/tenants/:tenant invoice:read',
    'DELETE /v1/two allOf(invoice:read, invoice:write)',
  ])
})

t.test('lists the URLs that a prefixed root is served at, and no others', async (t) => {
  const { gate, app, readable } = await createGuardedApp()
  for (const prefixTrailingSlash of ['both', 'slash', 'no-slash'] as const) {
    app.register(
      async (child) => {
        child.get('/', { ...readable, prefixTrailingSlash }, handler)
        child.post('/', { ...readable, prefixTrailingSlash }, handler)
      },
      { prefix: `/${prefixTrailingSlash}` },
    )
  }
  const paths = ['/both', '/both/', '/no-slash', '/slash/']
  t.strictSame(
    await inventoryOf(gate, app),
    paths.flatMap((path) => [`GET ${path} invoice:read`, `POST ${path} invoice:read`]),
  )
  const served = ['/both', '/slash', '/no-slash']
    .flatMap((path) => [path, `${path}/`])
    .filter((url) => app.hasRoute({ method: 'GET', url }))
  t.strictSame(served.toSorted(), paths)
})

t.test('lists a route with the URL that a later onRoute hook has given it', async (t) => {
  const { gate, app, readable } = await createGuardedApp()
  app.addHook('onRoute', (route) => {
    route.url = route.url.replace('/old', '/new')
  })
  app.get('/old/:tenant', readable, handler)
  t.strictSame(await inventoryOf(gate, app), ['GET /new/:tenant invoice:read'])
  t.equal(app.hasRoute({ method: 'GET', url: '/new/:tenant' }), true)
})

t.test('tells the versions and the hosts of a route apart', async (t) => {
  const { gate, app, readable, writable } = await createGuardedApp()
  app.get('/x', { ...readable, constraints: { version: '1.2.0' } }, handler)
  app.get('/x', { ...writable, constraints: { version: '2.0.0', host: /^a\./u } }, handler)
  t.strictSame(await inventoryOf(gate, app), [
    'GET /x version 1.2.0 invoice:read',
    'GET /x version 2.0.0 host /^a\\./u invoice:write',
  ])
})

t.test('lists HEAD only where it needs something else than GET', async (t) => {
  const { gate, app, readable, writable } = await createGuardedApp(
    {},
    { 'GET /named': publicRoute, 'HEAD /named': authenticated },
  )
  app.get('/exposed', readable, handler)
  app.route({ method: ['GET', 'HEAD'], url: '/both', ...readable, handler })
  app.head('/own', readable, handler)
  app.get('/own', writable, handler)
  app.get('/named', handler)
  app.head('/alone', readable, handler)
  t.strictSame(await inventoryOf(gate, app), [
    'HEAD /alone invoice:read',
    'GET /both invoice:read',
    'GET /exposed invoice:read',
    'GET /named publicRoute',
    'HEAD /named authenticated',
    'GET /own invoice:write',
    'HEAD /own invoice:read',
  ])
})

t.test('writes a route of every method as ALL, if they all need the same', async (t) => {
  const { gate, app, readable } = await createGuardedApp({}, { 'GET /named': publicRoute })
  app.all('/all', readable, handler)
  app.route({ method: ['GET', 'POST'], url: '/two', ...readable, handler })
  app.all('/named', handler)
  const rows = await inventoryOf(gate, app)
  t.strictSame(
    rows.filter((row) => !row.includes('/named')),
    ['ALL /all invoice:read', 'GET /two invoice:read', 'POST /two invoice:read'],
  )
  t.ok(rows.includes('GET /named publicRoute'))
  t.ok(rows.includes('POST /named closed'))
})

t.test('lists what hooks of the route ask for, whoever gave them to it', async (t) => {
  const { gate, app, readable } = await createGuardedApp()
  const mayWrite = app.requirePermission(gate.permission('invoice:write'))
  app.addHook('onRoute', (route) => {
    if (route.url === '/taken') route.onRequest = []
    else route.preHandler = [mayWrite]
  })
  app.get('/added', readable, handler)
  app.get('/silent', handler)
  app.get('/taken', { ...readable, onRequest: mayWrite }, handler)
  t.strictSame(await inventoryOf(gate, app), [
    'GET /added allOf(invoice:read, invoice:write)',
    'GET /silent closed',
    'GET /taken allOf(invoice:read, invoice:write)',
  ])
})

t.test('lists as closed what a later onRoute hook has meddled with', async (t) => {
  const { gate, app, readable } = await createGuardedApp()
  app.addHook('onRoute', (route) => {
    route.config = { permission: publicRoute }
  })
  app.get('/x', readable, handler)
  app.addHook('onRoute', (route) => {
    delete route.config
  })
  app.get('/y', readable, handler)
  t.strictSame(await inventoryOf(gate, app), ['GET /x closed', 'GET /y closed'])
})

/** A URL, a path that it matches, and the parameters of it. */
const urls: readonly (readonly [string, string, readonly string[]])[] = [
  ['/tenants/:tenant', '/tenants/1', ['tenant']],
  ['/:tenant/invoices/:id', '/1/invoices/2', ['tenant', 'id']],
  ['/:near-:far', '/1-2', ['near', 'far']],
  ['/at/:hour(^\\d{2})h:minute(^\\d{2})m', '/at/12h30m', ['hour', 'minute']],
  ['/file/:name.png', '/file/a.png', ['name']],
  ['/file/:name(^[a-z]+$).:type', '/file/a.png', ['name', 'type']],
  ['/x/:tenant(^(a|b)c$)', '/x/ac', ['tenant']],
  ['/x/:tenant(^a\\)$)', '/x/a)', ['tenant']],
  ['/x/:tenant?', '/x/1', ['tenant']],
  ['/name::verb/:tenant', '/name:verb/1', ['tenant']],
  ['/a(b)/:tenant', '/a(b)/1', ['tenant']],
  ['/files/*', '/files/a/b', ['*']],
  ['/plain', '/plain', []],
]

for (const [url, path, names] of urls) {
  t.test(`finds in ${url} the parameters that Fastify gives: ${names.join(', ')}`, async (t) => {
    const served = Fastify()
    served.get(url, ({ params }) => Object.keys(params as object))
    t.strictSame((await served.inject(path)).json(), names)

    t.equal(await faultOfParameters(url, names), null)
    const fault = await faultOfParameters(url, [...names, 'missing'])
    t.equal(
      fault,
      `grants.0 demands the parameter "missing", which GET ${url} does not give to its requirement`,
    )
  })
}

/** What is found where a grant demands these parameters on a route with this URL. */
async function faultOfParameters(url: string, names: readonly string[]): Promise<string | null> {
  const params = Object.fromEntries(names.map((name) => [name, 'acme']))
  const where = names.length === 0 ? {} : { where: { params } }
  const gate = createPeerGate({
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:read'],
      grants: [{ anyIdentity: true, allow: ['invoice:read'], ...where }],
    }),
    findings: 'error',
  })
  const app = createApp()
  await app.register(peergate, { gate })
  app.get(url, { config: { permission: gate.permission('invoice:read') } }, handler)
  return app.ready().then(
    () => null,
    (error: PeerGateError) => error.detail,
  )
}

t.test('refuses to start with what does not fit the policy, if it is told to', async (t) => {
  const { app, readable } = await createGuardedApp({ findings: 'error' })
  app.get('/:id', readable, handler)
  await t.rejects(async () => app.ready(), {
    code: 'ERR_PEERGATE_AUDIT_FAILED',
    detail:
      'no route needs "invoice:write": take it out of the vocabulary, or name it; ' +
      'grants.1 demands the parameter "tenant", which GET /:id does not give to its requirement',
  })
})

t.test('knows what another application of the gate needs, if that is registered', async (t) => {
  const { gate, app, readable, writable } = await createGuardedApp({ findings: 'error' })
  const other = createApp()
  await other.register(peergate, { gate })
  app.get('/:tenant', readable, handler)
  await app.ready()
  other.get('/write', { config: { permission: writable.config.permission } }, handler)
  await other.ready()
  t.strictSame(gate.inventory().map(rowOf), [
    'GET /:tenant invoice:read',
    'GET /write invoice:write',
  ])
})
