import {
  authenticated,
  createPeerGate,
  createRefusalAnswer,
  definePolicy,
  dnsSan,
  publicRoute,
  socketSource,
} from '@peergate/core'
import { peergate, requireIdentity } from '@peergate/fastify'
import t from 'tap'
import {
  ask,
  codeThrownBy,
  createApp,
  createHttp2App,
  gate,
  listen,
  read,
  tls,
} from './test-app.js'

const hostGate = createPeerGate({
  source: socketSource({ tls }),
  identity: dnsSan(),
  policy: definePolicy({
    identity: 'dns',
    permissions: ['host:read'],
    grants: [{ identity: 'reader.example', allow: ['host:read'] }],
  }),
})

t.test('refuses to load after a route', async (t) => {
  const app = createApp()
  app.get('/early', { config: { permission: read } }, () => 'ok')
  const load = async () => app.register(peergate, { gate })
  t.equal(await codeThrownBy(load), 'ERR_PEERGATE_ROUTE_TOO_EARLY')
})

t.test('refuses to load if it is not awaited and a route follows', async (t) => {
  const app = createApp()
  app.register(peergate, { gate })
  app.get('/early', { config: { permission: read } }, () => 'ok')
  t.equal(await codeThrownBy(() => app.ready()), 'ERR_PEERGATE_ROUTE_TOO_EARLY')
})

t.test('refuses to load after a plugin with routes', async (t) => {
  const app = createApp()
  app.register(async (child) => child.get('/early', () => 'ok'))
  app.register(peergate, { gate })
  t.equal(await codeThrownBy(() => app.ready()), 'ERR_PEERGATE_ROUTE_TOO_EARLY')
})

t.test('needs no await if only plugins follow', async (t) => {
  const app = createApp()
  app.register(peergate, { gate })
  app.register(async (child) => {
    child.get('/invoices', { config: { permission: read } }, () => 'ok')
  })
  const { reader, stranger } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/invoices'), '200')
  t.equal(await ask(stranger, 'GET', '/invoices'), '403 IDENTITY_MISSING')
})

t.test('refuses options that it does not know, and gates that are none', async (t) => {
  for (const options of [
    { gate, permission: read },
    { gate: {} },
    {},
    { gate, defaults: null },
    { gate, errors: 'ignore' },
    { gate, prefix: '/v1' },
  ]) {
    const load = async () => createApp().register(peergate, options as never)
    t.equal(await codeThrownBy(load), 'ERR_PEERGATE_OPTION_INVALID')
  }
})

t.test('refuses a second gate in its scope and below it', async (t) => {
  const app = createApp()
  await app.register(peergate, { gate })
  const again = async () => app.register(peergate, { gate: hostGate })
  t.equal(await codeThrownBy(again), 'ERR_PEERGATE_OPTION_INVALID')

  const nested = createApp()
  await nested.register(peergate, { gate })
  nested.register(async (child) => {
    await child.register(peergate, { gate: hostGate })
  })
  t.equal(await codeThrownBy(() => nested.ready()), 'ERR_PEERGATE_OPTION_INVALID')
})

t.test('guards its scope with its gate, and no other scope', async (t) => {
  const app = createApp()
  app.register(async (services) => {
    await services.register(peergate, { gate })
    services.get('/service', { config: { permission: authenticated } }, (request) =>
      requireIdentity(request),
    )
  })
  app.register(async (hosts) => {
    await hosts.register(peergate, { gate: hostGate })
    hosts.get('/host', { config: { permission: authenticated } }, (request) =>
      requireIdentity(request),
    )
  })
  app.get('/outside', () => 'ok')
  const { reader, stranger } = await listen(t, app)
  t.equal(JSON.parse((await reader.request('GET', '/service')).body).kind, 'spiffe')
  t.equal(JSON.parse((await reader.request('GET', '/host')).body).kind, 'dns')
  t.equal(await ask(stranger, 'GET', '/service'), '403 IDENTITY_MISSING')
  t.equal(await ask(stranger, 'GET', '/host'), '403 IDENTITY_MISSING')
  t.equal(await ask(stranger, 'GET', '/outside'), '200')
})

t.test('takes nothing that another gate compiled for a statement', async (t) => {
  const app = createApp()
  app.register(async (outer) => {
    await outer.register(async (inner) => {
      await inner.register(peergate, { gate })
      inner.get('/inner', { config: { permission: publicRoute } }, () => 'ok')
    })
    await outer.register(peergate, { gate: hostGate })
  })
  const { reader } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/inner'), '500 ROUTE_UNDECLARED')
})

t.test('closes the routes that a child scope declares before it', async (t) => {
  const app = createApp()
  app.register(async (child) => {
    child.register(peergate, { gate })
    child.get('/early', { config: { permission: publicRoute } }, () => 'ok')
  })
  const { reader, stranger } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/early'), '500 ROUTE_UNDECLARED')
  t.equal(await ask(stranger, 'GET', '/early'), '403 IDENTITY_MISSING')
})

t.test('tells a stranger the same of a closed route and of none', async (t) => {
  const app = createApp()
  await app.register(peergate, { gate })
  app.get('/closed', () => 'ok')
  const { stranger } = await listen(t, app)
  const closed = await stranger.request('GET', '/closed')
  const missing = await stranger.request('GET', '/missing')
  t.match(missing, { status: closed.status, body: closed.body })
})

t.test('lets Fastify answer what has no path, and frameworkErrors refuse it', async (t) => {
  const plain = createApp()
  await plain.register(peergate, { gate })
  const { stranger } = await listen(t, plain)
  t.match(await stranger.request('GET', '/%zz'), { status: 400, body: /FST_ERR_BAD_URL/u })

  const { problem } = createRefusalAnswer('frameworkErrors', gate, {})
  const app = createApp({
    frameworkErrors(error, request, reply) {
      const { refusal } = gate.admit(request.raw)
      if (refusal === null) {
        reply.send(error as never)
        return
      }
      const { statusCode, headers, body } = problem(refusal)
      reply.headers(headers)
      reply.code(statusCode as never).send(Buffer.from(body) as never)
    },
  })
  await app.register(peergate, { gate })
  const clients = await listen(t, app)
  const missing = await clients.stranger.request('GET', '/missing')
  const undecodable = await clients.stranger.request('GET', '/%zz')
  t.match(undecodable, { status: missing.status, body: missing.body })
  t.equal(undecodable.headers['content-type'], missing.headers['content-type'])
  t.match(await clients.reader.request('GET', '/%zz'), { status: 400, body: /FST_ERR_BAD_URL/u })
})

t.test('guards the not-found handlers of its scope and its children', async (t) => {
  const app = createApp()
  await app.register(peergate, { gate })
  app.setNotFoundHandler((request) => `root for ${requireIdentity(request).kind}`)
  app.register(
    async (child) => {
      child.setNotFoundHandler((request) => `child for ${requireIdentity(request).kind}`)
    },
    { prefix: '/v1' },
  )
  const { reader, stranger } = await listen(t, app)
  t.equal((await reader.request('GET', '/missing')).body, 'root for spiffe')
  t.equal((await reader.request('POST', '/v1/missing')).body, 'child for spiffe')
  t.equal(await ask(stranger, 'GET', '/missing'), '403 IDENTITY_MISSING')
  t.equal(await ask(stranger, 'POST', '/v1/missing'), '403 IDENTITY_MISSING')
})

t.test('guards the not-found handler against a public route that calls it', async (t) => {
  const app = createApp()
  await app.register(peergate, { gate })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send('the handler'))
  app.get('/open', { config: { permission: publicRoute } }, (_request, reply) =>
    reply.callNotFound(),
  )
  const { reader, stranger } = await listen(t, app)
  t.match(await reader.request('GET', '/open'), { status: 404, body: 'the handler' })
  t.equal(await ask(stranger, 'GET', '/open'), '403 IDENTITY_MISSING')
})

t.test('closes a not-found handler that poses as a route', async (t) => {
  const app = createApp()
  await app.register(peergate, { gate })
  const options = { config: { url: '/posing', permission: publicRoute } }
  app.setNotFoundHandler(options as object, () => 'ok')
  const { reader, stranger } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/missing'), '500 ROUTE_UNDECLARED')
  t.equal(await ask(stranger, 'GET', '/missing'), '403 IDENTITY_MISSING')
})

t.test('leaves the paths outside a child scope to its parent', async (t) => {
  const app = createApp()
  app.register(async (child) => child.register(peergate, { gate }), { prefix: '/v1' })
  const { stranger } = await listen(t, app)
  t.equal(await ask(stranger, 'GET', '/v1/missing'), '404')
})

t.test('does not see what a hook before it answers', async (t) => {
  const app = createApp()
  app.addHook('onRequest', (request, reply, done) => {
    if (request.url === '/health') reply.send('ok')
    else done()
  })
  await app.register(peergate, { gate })
  const { stranger } = await listen(t, app)
  t.equal(await ask(stranger, 'GET', '/health'), '200')
  t.equal(await ask(stranger, 'GET', '/other'), '403 IDENTITY_MISSING')
})

t.test('answers before any hook after it', async (t) => {
  const app = createApp()
  await app.register(peergate, { gate })
  let called = 0
  app.addHook('onRequest', async () => {
    called += 1
  })
  app.get('/invoices', { config: { permission: read }, onRequest: async () => {} }, () => 'ok')
  const { reader, stranger } = await listen(t, app)
  t.equal(await ask(stranger, 'GET', '/invoices'), '403 IDENTITY_MISSING')
  t.equal(called, 0)
  t.equal(await ask(reader, 'GET', '/invoices'), '200')
  t.equal(called, 1)
})

t.test('refuses injected requests, which come over no TLS', async (t) => {
  const app = createApp()
  await app.register(peergate, { gate })
  app.get('/open', { config: { permission: publicRoute } }, () => 'ok')
  app.get('/closed', () => 'ok')
  for (const url of ['/open', '/closed', '/missing']) {
    const response = await app.inject({ url })
    t.equal(response.statusCode, 401)
    t.equal(response.json().code, 'ERR_PEERGATE_CONNECTION_NOT_TLS')
  }
})

t.test('reads a peer once for all streams of an HTTP/2 session', async (t) => {
  const app = createHttp2App()
  await app.register(peergate, { gate })
  const admissions = new Set()
  app.get('/me', { config: { permission: read } }, (request) => {
    admissions.add(gate.admit(request.raw))
    return requireIdentity(request)
  })
  const { reader } = await listen(t, app, 'h2')
  const answers = await Promise.all(['a', 'b', 'c'].map((q) => ask(reader, 'GET', `/me?${q}`)))
  t.strictSame(answers, ['200', '200', '200'])
  t.equal(admissions.size, 1)
})

for (const protocol of ['h2', 'http/1.1'] as const) {
  t.test(`guards one port for two protocols, over ${protocol}`, async (t) => {
    const app = createHttp2App()
    await app.register(peergate, { gate })
    app.get('/version', { config: { permission: read } }, (request) => request.raw.httpVersion)
    app.get('/closed', () => 'ok')
    const { reader, stranger } = await listen(t, app, protocol)
    const { body } = await reader.request('GET', '/version')
    t.equal(body, protocol === 'h2' ? '2.0' : '1.1')
    t.equal(await ask(reader, 'GET', '/closed'), '500 ROUTE_UNDECLARED')
    for (const path of ['/version', '/closed', '/missing']) {
      t.equal(await ask(stranger, 'GET', path), '403 IDENTITY_MISSING')
    }
  })
}

t.test('tells nothing by a method that HTTP does not know', async (t) => {
  const app = createHttp2App()
  await app.register(peergate, { gate })
  app.get('/invoices', { config: { permission: read } }, () => 'ok')
  const { stranger } = await listen(t, app, 'h2')
  const existing = await stranger.request('INVENTED', '/invoices')
  const missing = await stranger.request('INVENTED', '/missing')
  t.match(missing, { status: existing.status, body: existing.body })
})
