import { EventEmitter, once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import {
  allOf,
  anyOf,
  authenticated,
  createPeerGate,
  definePolicy,
  publicRoute,
  socketSource,
  spiffe,
} from '@peergate/core'
import type { PeerGateError } from '@peergate/core'
import { peergate, when } from '@peergate/fastify'
import type { PeergateOptions } from '@peergate/fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import t from 'tap'
import { ask, createApp, createHttp2App, listen, tls } from './test-app.js'

const policy = definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
  grants: [
    {
      identity: 'spiffe://prod.example/ns/payments/sa/reader',
      allow: ['invoice:read'],
      where: { params: { tenant: 'acme' } },
    },
    { anyIdentity: true, allow: ['invoice:write'] },
  ],
})

interface LogLine {
  readonly level: number
  readonly err?: { readonly code: string; readonly stack: string }
}

/** A gate that keeps its faults, and an application that logs. */
async function createGuardedApp(
  own: Partial<PeergateOptions> = {},
  create: typeof createApp = createApp,
) {
  const faults: PeerGateError[] = []
  const gate = createPeerGate({
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy,
    onFault: (error) => void faults.push(error),
  })
  const lines: LogLine[] = []
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) }
  const app = create({ logger: { level: 'info', stream } })
  await app.register(peergate, { gate, ...own })
  return { gate, app, faults, refusals: () => lines.filter(({ err }) => err !== undefined) }
}

function handler(): string {
  return 'ok'
}

interface InvoiceRoute {
  Params: { id: string }
}

for (const [protocol, create] of [
  ['http/1.1', createApp],
  ['h2', createHttp2App],
] as const) {
  t.test(`asks a predicate of identity and request, over ${protocol}`, async (t) => {
    const { app } = await createGuardedApp({}, create)
    const mine = when<InvoiceRoute>(({ value }, { params, body }) => {
      t.equal(body, undefined)
      return value.endsWith('/reader') && params.id === '1'
    })
    const mineLater = when(async (_identity, { params }: FastifyRequest<InvoiceRoute>) => {
      await wait(2)
      return params.id === '1'
    })
    app.post('/now/:id', { config: { permission: mine } }, handler)
    app.post('/later/:id', { config: { permission: mineLater } }, handler)
    const { reader, stranger } = await listen(t, app, protocol)
    for (const path of ['/now', '/later']) {
      t.equal(await ask(reader, 'POST', `${path}/1`), '200')
      t.equal(await ask(reader, 'POST', `${path}/2`), '403 CONDITION_UNMET')
      t.equal(await ask(stranger, 'POST', `${path}/1`), '403 IDENTITY_MISSING')
    }
  })
}

t.test('denies by a predicate that fails, with an error in the log and its cause', async (t) => {
  const { app, faults, refusals } = await createGuardedApp()
  for (const [path, permission] of [
    ['/throws', when(() => fail())],
    ['/rejects', when(async () => Promise.resolve().then(fail))],
    ['/other', when(() => 1 as never)],
    ['/later', when(async () => 'true' as never)],
    [
      '/nested',
      anyOf(
        when(() => fail()),
        when(() => false),
      ),
    ],
  ] as const) {
    app.get(path, { config: { permission } }, handler)
  }
  const { reader } = await listen(t, app)
  const paths = ['/throws', '/rejects', '/other', '/later', '/nested']
  for (const path of paths) t.equal(await ask(reader, 'GET', path), '403 CONDITION_FAULTY')
  t.equal(faults.length, paths.length)
  t.equal(refusals().length, paths.length)
  for (const line of refusals()) {
    t.match(line, { level: 50, err: { code: 'ERR_PEERGATE_CONDITION_FAULTY' } })
  }
  t.match(refusals()[0]?.err?.stack, 'the database is gone')
})

function fail(): never {
  throw new Error('the database is gone')
}

t.test('logs a predicate that says no as information', async (t) => {
  const { app, refusals } = await createGuardedApp()
  app.get('/x', { config: { permission: when(async () => false) } }, handler)
  const { reader } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/x'), '403 CONDITION_UNMET')
  t.match(refusals(), [{ level: 30, err: { code: 'ERR_PEERGATE_CONDITION_UNMET' } }])
})

t.test('hands on a denial that comes later, if it is told to', async (t) => {
  const { app } = await createGuardedApp({ errors: 'forward' })
  app.setErrorHandler((error: PeerGateError, _request, reply: FastifyReply) =>
    reply.code(418).send(error.code),
  )
  app.get('/x', { config: { permission: when(async () => fail()) } }, handler)
  const { reader } = await listen(t, app)
  const { status, body } = await reader.request('GET', '/x')
  t.strictSame([status, body], [418, 'ERR_PEERGATE_CONDITION_FAULTY'])
})

t.test(
  'asks the predicate of a hook once for a request, in whatever phase it stands',
  async (t) => {
    const { app } = await createGuardedApp()
    let asked = 0
    const permission = when(async () => {
      asked += 1
      return true
    })
    const hook = app.requirePermission(permission)
    app.get(
      '/x',
      { onRequest: hook, preHandler: [hook, app.requirePermission(permission)] },
      handler,
    )
    const { reader } = await listen(t, app)
    t.equal(await ask(reader, 'GET', '/x'), '200')
    t.equal(asked, 1)
    t.equal(await ask(reader, 'GET', '/x'), '200')
    t.equal(asked, 2)
  },
)

t.test('asks what a further hook states on its own', async (t) => {
  const { app } = await createGuardedApp()
  const onRequest = [when(async () => true), when(async () => false)].map(app.requirePermission)
  app.get('/x', { onRequest }, handler)
  const { reader } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/x'), '403 CONDITION_UNMET')
})

t.test('compares the parameters of the route with the grant', async (t) => {
  const { gate, app } = await createGuardedApp()
  const permission = gate.permission('invoice:read')
  app.get('/config/:tenant', { config: { permission } }, handler)
  app.get('/hook/:tenant', { preHandler: app.requirePermission(permission) }, handler)
  app.get(
    '/two/:tenant',
    { config: { permission: authenticated }, onRequest: app.requirePermission(permission) },
    handler,
  )
  app.get('/other/:id', { config: { permission: allOf(permission) } }, handler)
  app.get('/query', { config: { permission } }, handler)
  const { reader } = await listen(t, app)
  for (const path of ['/config', '/hook', '/two']) {
    t.equal(await ask(reader, 'GET', `${path}/acme`), '200')
    t.equal(await ask(reader, 'GET', `${path}/%61cme`), '200')
    t.equal(await ask(reader, 'GET', `${path}/other`), '403 PERMISSION_DENIED')
    t.equal(await ask(reader, 'GET', `${path}/other?tenant=acme`), '403 PERMISSION_DENIED')
  }
  t.equal(await ask(reader, 'GET', '/other/acme'), '403 PERMISSION_DENIED')
  t.equal(await ask(reader, 'GET', '/query?tenant=acme'), '403 PERMISSION_DENIED')
})

t.test('asks the not-found handler for an identity after a predicate has allowed', async (t) => {
  const { app } = await createGuardedApp()
  app.setNotFoundHandler((_request, reply) => reply.code(404).send('none'))
  const permission = anyOf(
    when(async () => true),
    'invoice:write' as never,
  )
  app.get('/x', { config: { permission } }, (_request, reply) => reply.callNotFound())
  app.get('/open', { config: { permission: publicRoute } }, (_request, reply) =>
    reply.callNotFound(),
  )
  const { reader, stranger } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/x'), '404')
  t.equal(await ask(stranger, 'GET', '/open'), '403 IDENTITY_MISSING')
})

t.test('answers nobody where the client has gone meanwhile, and lives on', async (t) => {
  const { app } = await createGuardedApp()
  const signals = new EventEmitter()
  const [begun, decided] = [once(signals, 'begun'), once(signals, 'decided')]
  let handled = 0
  const slow = when(async (_identity, { url }) => {
    if (url !== '/slow') return true
    signals.emit('begun')
    await decided
    return false
  })
  app.get('/slow', { config: { permission: slow } }, () => (handled += 1))
  app.get('/quick', { config: { permission: slow } }, handler)
  const { reader, second } = await listen(t, app)
  const gone = t.rejects(reader.request('GET', '/slow'))
  await begun
  reader.close()
  await gone
  signals.emit('decided')
  t.equal(await ask(second, 'GET', '/quick'), '200')
  t.equal(handled, 0)
})
