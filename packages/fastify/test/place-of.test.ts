import {
  authenticated,
  createPeerGate,
  definePolicy,
  forwardedSource,
  onGateEvent,
  publicRoute,
  rfc9440,
  spiffe,
  trustedByAddress,
} from '@peergate/core'
import { peergate } from '@peergate/fastify'
import { gateName } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { ask, createApp, gate, listen, read } from './test-app.js'

/** What the gate told of its requests since the last call: a type and a route a line. */
function listenTo(t: Test): () => readonly string[] {
  const lines: string[] = []
  const subscription = onGateEvent(
    ({ type, request: { route } }) => lines.push(`${type} ${String(route)}`),
    {
      gate: gateName,
      types: [
        'identity-accepted',
        'identity-absent',
        'identity-rejected',
        'permission-allowed',
        'permission-denied',
      ],
    },
  )
  t.teardown(() => subscription.stop())
  return () => lines.splice(0)
}

function passes(route: string): readonly string[] {
  return [`identity-accepted ${route}`, `permission-allowed ${route}`]
}

t.test(
  'names a route as it is declared, with its prefix, and nothing outside of routes',
  async (t) => {
    const app = createApp()
    await app.register(peergate, { gate })
    await app.register(
      async (tenants) => {
        tenants.get('/invoices/:id', { config: { permission: read } }, () => 'ok')
        tenants.get('/', { config: { permission: read } }, () => 'ok')
      },
      { prefix: '/tenants/:tenant' },
    )
    app.get('/files/*', { config: { permission: read } }, () => 'ok')
    app.get('/moved', { config: { permission: read } }, (_request, reply) => reply.callNotFound())
    app.get('/failing', { config: { permission: read } }, () => {
      throw new Error('of the application')
    })
    app.get('/closed', () => 'ok')
    app.get('/open', { config: { permission: publicRoute } }, () => 'ok')
    app.setNotFoundHandler({ preValidation: app.requirePermission(read) }, (_request, reply) =>
      reply.code(404).send('none'),
    )
    const lines = listenTo(t)
    const { reader, stranger } = await listen(t, app)
    for (const [method, url, status, told] of [
      ['GET', '/tenants/acme/invoices/42?x=y', '200', passes('GET /tenants/:tenant/invoices/:id')],
      ['HEAD', '/tenants/acme/invoices/42', '200', passes('HEAD /tenants/:tenant/invoices/:id')],
      ['GET', '/tenants/acme', '200', passes('GET /tenants/:tenant')],
      ['GET', '/tenants/acme/', '200', passes('GET /tenants/:tenant')],
      ['GET', '/files/plans/secret', '200', passes('GET /files/*')],
      ['GET', '/failing', '500', passes('GET /failing')],
      ['GET', '/closed', '500 ROUTE_UNDECLARED', passes('GET /closed')],
      ['GET', '/no/such/secret', '404', [...passes('null'), 'permission-allowed null']],
      ['GET', '/moved', '404', [...passes('GET /moved'), 'permission-allowed null']],
    ] as const) {
      t.equal(await ask(reader, method, url), status, url)
      t.same(lines(), told, url)
    }
    for (const [url, status, told] of [
      ['/open', '200', ['identity-absent GET /open', 'permission-allowed GET /open']],
      ['/closed', '403 IDENTITY_MISSING', ['identity-rejected GET /closed']],
      ['/no/such/secret', '403 IDENTITY_MISSING', ['identity-rejected null']],
    ] as const) {
      t.equal(await ask(stranger, 'GET', url), status, url)
      t.same(lines(), told, url)
    }
  },
)

t.test('tells again of somebody without an identity who leaves a public route', async (t) => {
  const app = createApp()
  await app.register(peergate, { gate })
  app.get('/moved', { config: { permission: publicRoute } }, (_request, reply) =>
    reply.callNotFound(),
  )
  const lines = listenTo(t)
  const { stranger } = await listen(t, app)
  t.equal(await ask(stranger, 'GET', '/moved'), '403 IDENTITY_MISSING')
  t.same(lines(), [
    'identity-absent GET /moved',
    'permission-allowed GET /moved',
    'identity-rejected null',
  ])
})

/** Behind a proxy with this address. */
function createProxiedGate(address: string) {
  const trustedProxies = trustedByAddress({ addresses: [address] })
  return createPeerGate({
    name: 'proxied',
    source: forwardedSource({ contract: rfc9440({ proxyVerifies: true }), trustedProxies }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:read'],
      grants: [{ anyIdentity: true, allow: ['invoice:read'] }],
    }),
  })
}

t.test('logs a request by the name that its events have', async (t) => {
  for (const [address, expected] of [
    ['127.0.0.1', /^from-the-edge-1$/u],
    ['192.0.2.1', /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u],
  ] as const) {
    const proxied = createProxiedGate(address)
    const logged = new Set<string>()
    const stream = {
      write(line: string) {
        const { reqId } = JSON.parse(line) as { readonly reqId?: string }
        if (reqId !== undefined) logged.add(reqId)
      },
    }
    const app = createApp({
      logger: { level: 'info', stream },
      genReqId: (raw) => proxied.requestId(raw).id,
    })
    await app.register(peergate, { gate: proxied })
    app.get('/me', { config: { permission: authenticated } }, () => 'ok')
    const told = new Set<string>()
    const subscription = onGateEvent(({ request }) => told.add(request.id), {
      gate: 'proxied',
      types: ['identity-rejected'],
    })
    t.teardown(() => subscription.stop())
    const { reader } = await listen(t, app)
    await reader.request('GET', '/me', { 'x-request-id': 'from-the-edge-1' })
    t.equal(told.size, 1)
    t.match([...told][0], expected)
    t.same(logged, told)
    subscription.stop()
  }
})
