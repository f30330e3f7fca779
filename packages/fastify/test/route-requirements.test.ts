import {
  allOf,
  authenticated,
  createPeerGate,
  definePolicy,
  publicRoute,
  socketSource,
  spiffe,
  trustSet,
} from '@peergate/core'
import { peergate } from '@peergate/fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { ask, codeThrownBy, createApp, gate, listen, read, tls, write } from './test-app.js'

const otherGate = createPeerGate({
  source: socketSource({ tls }),
  identity: spiffe({ trustDomain: 'prod.example' }),
  policy: definePolicy({
    identity: 'spiffe',
    permissions: ['invoice:read'],
    grants: [{ identity: 'spiffe://prod.example/*', allow: ['invoice:read'] }],
  }),
})

async function createGuardedApp(): Promise<FastifyInstance> {
  const app = createApp()
  await app.register(peergate, { gate })
  return app
}

t.test('lets through whoever meets the requirement of the route', async (t) => {
  const app = await createGuardedApp()
  const requirements = {
    tag: 'invoice:read' as never,
    permission: read,
    other: write,
    authenticated,
    public: publicRoute,
    both: allOf(read, write),
    set: trustSet('payments'),
    otherSet: allOf('invoice:read' as never, trustSet('batch')),
  }
  for (const [name, permission] of Object.entries(requirements)) {
    app.get(`/${name}`, { config: { permission } }, () => 'ok')
  }
  const { reader, stranger } = await listen(t, app)
  for (const [name, forReader, forStranger] of [
    ['tag', '200', '403 IDENTITY_MISSING'],
    ['permission', '200', '403 IDENTITY_MISSING'],
    ['other', '403 PERMISSION_DENIED', '403 IDENTITY_MISSING'],
    ['authenticated', '200', '403 IDENTITY_MISSING'],
    ['public', '200', '200'],
    ['both', '403 PERMISSION_DENIED', '403 IDENTITY_MISSING'],
    ['set', '200', '403 IDENTITY_MISSING'],
    ['otherSet', '403 TRUST_SET_MISMATCH', '403 IDENTITY_MISSING'],
  ] as const) {
    t.equal(await ask(reader, 'GET', `/${name}`), forReader)
    t.equal(await ask(stranger, 'GET', `/${name}`), forStranger)
  }
})

t.test('refuses at the route what is no requirement of its gate', async (t) => {
  const app = createApp()
  await app.register(peergate, { gate, defaults: publicRoute })
  for (const [permission, code] of [
    ['invoice:raed', 'ERR_PEERGATE_PERMISSION_UNKNOWN'],
    [otherGate.permission('invoice:read'), 'ERR_PEERGATE_GATE_FOREIGN'],
    [undefined, 'ERR_PEERGATE_OPTION_INVALID'],
    [null, 'ERR_PEERGATE_OPTION_INVALID'],
    [['invoice:read'], 'ERR_PEERGATE_OPTION_INVALID'],
    [trustSet('paymnts'), 'ERR_PEERGATE_OPTION_INVALID'],
    [allOf(read, trustSet('paymnts')), 'ERR_PEERGATE_OPTION_INVALID'],
    [allOf(read, otherGate.permission('invoice:read')), 'ERR_PEERGATE_GATE_FOREIGN'],
  ] as const) {
    const config = { permission: permission as never }
    t.equal(await codeThrownBy(() => app.get('/x', { config }, () => 'ok')), code)
    t.equal(await codeThrownBy(() => app.requirePermission(permission as never)), code)
  }
  t.equal(app.hasRoute({ method: 'GET', url: '/x' }), false)
})

function pass(_request: unknown, _reply: unknown, done: () => void): void {
  done()
}

t.test('takes the requirement that a hook of the route states', async (t) => {
  const app = await createGuardedApp()
  app.get('/onRequest', { onRequest: app.requirePermission(read) }, () => 'ok')
  app.get('/preValidation', { preValidation: app.requirePermission(read) }, () => 'ok')
  app.get('/preHandler', { preHandler: [pass, app.requirePermission(read)] }, () => 'ok')
  app.get('/other', { onRequest: [pass, app.requirePermission(write)] }, () => 'ok')
  app.get('/public', { onRequest: app.requirePermission(publicRoute) }, () => 'ok')
  const { reader, stranger } = await listen(t, app)
  for (const path of ['/onRequest', '/preValidation', '/preHandler']) {
    t.equal(await ask(reader, 'GET', path), '200')
    t.equal(await ask(reader, 'HEAD', path), '200')
    t.equal(await ask(stranger, 'GET', path), '403 IDENTITY_MISSING')
  }
  t.equal(await ask(reader, 'GET', '/other'), '403 PERMISSION_DENIED')
  t.equal(await ask(stranger, 'GET', '/public'), '200')
})

t.test('asks for everything that a route states', async (t) => {
  const app = await createGuardedApp()
  const onRequest = [app.requirePermission(read), app.requirePermission(write)]
  app.get('/hooks', { onRequest }, () => 'ok')
  const config = { permission: publicRoute }
  app.get('/both', { config, onRequest: app.requirePermission(write) }, () => 'ok')
  const { reader } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/hooks'), '403 PERMISSION_DENIED')
  t.equal(await ask(reader, 'GET', '/both'), '403 PERMISSION_DENIED')
})

t.test('takes no statement from a hook of a whole scope, or of another phase', async (t) => {
  const app = await createGuardedApp()
  app.addHook('onRequest', app.requirePermission(publicRoute))
  app.get('/scope', () => 'ok')
  app.get('/phase', { preParsing: app.requirePermission(publicRoute) as never }, () => 'ok')
  const { reader } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/scope'), '500 ROUTE_UNDECLARED')
  t.equal(await ask(reader, 'GET', '/phase'), '500 ROUTE_UNDECLARED')
})

t.test('enforces the hook on a route that no plugin guards', async (t) => {
  const app = createApp()
  app.register(async (child) => {
    await child.register(peergate, { gate })
    app.get('/outside', { onRequest: child.requirePermission(read) }, () => 'ok')
  })
  const { reader, stranger } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/outside'), '200')
  t.equal(await ask(stranger, 'GET', '/outside'), '403 IDENTITY_MISSING')
})

t.test('gives the default to whatever states nothing, in child scopes too', async (t) => {
  const app = createApp()
  await app.register(peergate, { gate, defaults: authenticated })
  app.get('/silent', () => 'ok')
  app.get('/empty', { config: {} }, () => 'ok')
  app.get('/null', { config: null as never }, () => 'ok')
  app.register(
    async (child) => {
      child.get('/silent', () => 'ok')
      child.get('/stated', { config: { permission: write } }, () => 'ok')
    },
    { prefix: '/child' },
  )
  const { reader, stranger } = await listen(t, app)
  for (const path of ['/silent', '/empty', '/null', '/child/silent']) {
    t.equal(await ask(reader, 'GET', path), '200')
    t.equal(await ask(stranger, 'GET', path), '403 IDENTITY_MISSING')
  }
  t.equal(await ask(reader, 'GET', '/child/stated'), '403 PERMISSION_DENIED')
})
