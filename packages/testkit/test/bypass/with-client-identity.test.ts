import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  authenticated,
  createPeerGate,
  createRefusalAnswer,
  definePolicy,
  spiffe,
  trustSet,
} from '@peergate/core'
import { bypassedSource, withClientIdentity } from '@peergate/testkit'
import type { BypassableApp } from '@peergate/testkit'
import t from 'tap'

const id = 'spiffe://prod.example/ns/payments/sa/api'

function createListener() {
  const gate = createPeerGate({
    source: bypassedSource(),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['read'],
      grants: [{ identity: id, allow: ['read'] }],
    }),
  })
  const guards = { '/partners': gate.guard(trustSet('partners')), '/me': gate.guard(authenticated) }
  const { problem } = createRefusalAnswer('test', gate, {})
  return (request: IncomingMessage, response: ServerResponse) => void handle(request, response)

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const sent = await text(request)
    const sender = gate.admit(request)
    const guard = guards[request.url as keyof typeof guards]
    const decision = await guard(sender, request)
    const { identity } = sender
    const answer = decision.allowed
      ? { statusCode: 200, headers: {}, body: JSON.stringify({ ...identity, sent }) }
      : problem(decision.error, request.headers)
    response.writeHead(answer.statusCode, answer.headers).end(answer.body)
  }
}

const listener = createListener()

t.test('names the client that asks, and says that the gate is bypassed', async (t) => {
  const warnings: Error[] = []
  const note = (warning: Error) => warnings.push(warning)
  process.on('warning', note)
  const api = await withClientIdentity(listener, { uri: [id] }, { trustSet: 'partners' })
  t.equal(api.bypasses, 'tls')
  const answer = await api.request('POST', '/me', { headers: { 'x-own': '1' }, body: 'hello' })
  t.match(answer, { status: 200, headers: { 'transfer-encoding': 'chunked' } })
  t.match(JSON.parse(answer.body), {
    kind: 'spiffe',
    value: id,
    source: 'bypassed',
    assurance: 'tls',
    trustSet: 'partners',
    sent: 'hello',
  })
  t.match(await api.request('GET', '/partners'), { status: 200 })
  process.off('warning', note)
  t.match(warnings, [{ name: 'PeergateWarning', code: 'PEERGATE_GATE_BYPASSED' }])
})

t.test('judges such a client as any other', async (t) => {
  const without = await withClientIdentity(listener, { uri: [id] })
  t.match(await without.request('GET', '/partners'), { status: 403 })
  const nameless = await withClientIdentity(listener, { dns: ['api.example'] })
  const { status, body } = await nameless.request('GET', '/me')
  t.equal(status, 403)
  t.match(body, 'ERR_PEERGATE_IDENTITY_MISSING')
})

t.test('knows nobody else', async (t) => {
  const server = createServer(listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}/me`)
  t.equal(answer.status, 401)
  t.match(await answer.text(), 'ERR_PEERGATE_CERTIFICATE_MISSING')
  server.close()
  t.match(bypassedSource().read({}), { code: 'ERR_PEERGATE_CERTIFICATE_MISSING' })
})

t.test('cannot be used in production', async (t) => {
  const api = await withClientIdentity(listener, { uri: [id] })
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  t.teardown(() => {
    if (before === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = before
  })
  const fault = {
    code: 'ERR_PEERGATE_OPTION_INVALID',
    message: /it bypasses the TLS gate, and NODE_ENV is "production"; use it in tests$/u,
  }
  t.throws(() => bypassedSource(), fault)
  await t.rejects(withClientIdentity(listener, { uri: [id] }), fault)
  await t.rejects(api.request('GET', '/me'), fault)
})

t.test('refuses a gate that was made for tests and runs in production', async (t) => {
  const source = bypassedSource()
  const seen: unknown[] = []
  const api = await withClientIdentity(
    (request, response) => {
      seen.push(source.read(request))
      process.env['NODE_ENV'] = 'production'
      seen.push(source.read(request))
      delete process.env['NODE_ENV']
      response.end()
    },
    { uri: [id] },
  )
  const before = process.env['NODE_ENV']
  t.teardown(() => {
    if (before !== undefined) process.env['NODE_ENV'] = before
  })
  await api.request('GET', '/')
  t.match(seen, [{ source: 'bypassed' }, { code: 'ERR_PEERGATE_CERTIFICATE_MISSING' }])
})

t.test('refuses what it cannot ask, and names that no certificate can have', async (t) => {
  for (const app of [{}, null]) {
    await t.rejects(withClientIdentity(app as unknown as BypassableApp, { uri: [id] }), {
      message: /the application must be a Fastify application or a listener$/u,
    })
  }
  await t.rejects(withClientIdentity(listener, { urn: [id] } as never), {
    message: /option "identity\.urn" is not known/u,
  })
})
