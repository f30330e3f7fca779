import { PeerGateError, publicRoute } from '@peergate/core'
import { peergate } from '@peergate/fastify'
import type { PeergateOptions } from '@peergate/fastify'
import t from 'tap'
import { createApp, gate, listen, read, write } from './test-app.js'

interface LogLine {
  readonly level: number
  readonly msg: string
  readonly err?: { readonly code: string; readonly detail: string }
}

/** An application with a route for each status, and what it logs of refusals. */
async function createLoggingApp(options: Partial<PeergateOptions> = {}) {
  const lines: LogLine[] = []
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const app = createApp({ logger: { level: 'info', stream } })
  await app.register(peergate, { gate, ...options })
  app.post('/invoices', { config: { permission: write } }, () => 'ok')
  app.get('/invoices', { config: { permission: read } }, () => 'ok')
  app.get('/closed', () => 'ok')
  return { app, refusals: () => lines.filter(({ err }) => err !== undefined) }
}

const secret = 'spiffe://prod.example/ns/payments/sa/reader'

t.test('answers with type, title, status and code, and nothing else', async (t) => {
  const { app } = await createLoggingApp()
  const { reader } = await listen(t, app)
  const denied = 'the client may not do this'
  const undeclared = 'this service does not say who may use this route'
  for (const [method, path, status, title, code] of [
    ['POST', '/invoices', 403, denied, 'ERR_PEERGATE_PERMISSION_DENIED'],
    ['GET', '/closed', 500, undeclared, 'ERR_PEERGATE_ROUTE_UNDECLARED'],
  ] as const) {
    const response = await reader.request(method, path)
    t.equal(response.status, status)
    t.strictSame(JSON.parse(response.body), { type: 'about:blank', title, status, code })
    t.match(response.headers, {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      vary: 'accept',
    })
  }
})

t.test('logs a refusal as information, a fault of the service as an error', async (t) => {
  const { app, refusals } = await createLoggingApp()
  const { reader, stranger } = await listen(t, app)
  await reader.request('POST', '/invoices')
  await stranger.request('GET', '/closed')
  await reader.request('GET', '/closed')
  t.match(refusals(), [
    { level: 30, err: { code: 'ERR_PEERGATE_PERMISSION_DENIED' }, msg: secret },
    { level: 30, err: { code: 'ERR_PEERGATE_IDENTITY_MISSING' } },
    { level: 50, err: { code: 'ERR_PEERGATE_ROUTE_UNDECLARED' }, msg: 'GET /closed' },
  ])
  for (const { err, msg } of refusals()) t.equal(err?.detail, msg)
})

t.test('hands the refusal to the error handler, if it is told to', async (t) => {
  const { app, refusals } = await createLoggingApp({ errors: 'forward' })
  app.setErrorHandler((error, _request, reply) => {
    t.type(error, PeerGateError)
    reply.code(418).send((error as PeerGateError).detail)
  })
  const { reader } = await listen(t, app)
  const { status, body } = await reader.request('POST', '/invoices')
  t.equal(status, 418)
  t.match(body, secret)
  t.strictSame(refusals(), [])
})

t.test(
  'leaves the detail out of what the default error handler sends, not of its log',
  async (t) => {
    const { app, refusals } = await createLoggingApp({ errors: 'forward' })
    const { reader, stranger } = await listen(t, app)
    const denied = await reader.request('POST', '/invoices')
    t.equal(denied.status, 403)
    t.strictSame(JSON.parse(denied.body), {
      statusCode: 403,
      code: 'ERR_PEERGATE_PERMISSION_DENIED',
      error: 'Forbidden',
      message: 'the client may not do this',
    })
    t.equal((await reader.request('GET', '/closed')).status, 500)
    t.equal((await stranger.request('GET', '/missing')).status, 403)
    t.match(refusals(), [
      { level: 30, err: { code: 'ERR_PEERGATE_PERMISSION_DENIED', detail: secret } },
      { level: 50, err: { code: 'ERR_PEERGATE_ROUTE_UNDECLARED', detail: 'GET /closed' } },
      { level: 30, err: { code: 'ERR_PEERGATE_IDENTITY_MISSING', detail: String } },
    ])
  },
)

t.test('leaves the detail out of an error that a handler sends', async (t) => {
  const app = createApp()
  await app.register(peergate, { gate })
  const error = new PeerGateError('ERR_PEERGATE_PERMISSION_DENIED', secret)
  const config = { permission: publicRoute }
  const everything = { type: 'object', additionalProperties: true } as const
  app.get('/sent', { config }, (_request, reply) => reply.send(error))
  app.get('/wrapped', { config }, (_request, reply) => reply.code(403).send({ error }))
  app.get('/schema', { config, schema: { response: { 403: everything } } }, (_request, reply) =>
    reply.send(error),
  )
  const { stranger } = await listen(t, app)
  for (const path of ['/sent', '/wrapped', '/schema']) {
    const { status, body } = await stranger.request('GET', path)
    t.equal(status, 403)
    t.match(body, 'ERR_PEERGATE_PERMISSION_DENIED')
    t.notMatch(body, secret)
  }
})

t.test('answers HEAD with the headers of the refusal and no body', async (t) => {
  const { app } = await createLoggingApp()
  const { stranger } = await listen(t, app)
  const { status, headers, body } = await stranger.request('HEAD', '/invoices')
  t.equal(status, 403)
  t.equal(headers['content-type'], 'application/problem+json')
  t.equal(body, '')
})
