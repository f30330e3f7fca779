import { createSecureServer } from 'node:http2'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { createTlsGate, createPeerGate, definePolicy, socketSource, uriSan } from '@peergate/core'
import { authenticated, createRefusalAnswer } from '@peergate/core'
import type { RolloutMode } from '@peergate/core'
import { createTestPki, gateConformance } from '@peergate/testkit'
import type { ConformanceResult } from '@peergate/testkit'
import t from 'tap'

const pki = await createTestPki()
const path = '/invoices'

function createService(mode: RolloutMode, minVersion: 'TLSv1.2' | 'TLSv1.3') {
  const { server, clientCas } = pki
  const tls = createTlsGate({ server, clientCas, mode, minVersion })
  const gate = createPeerGate({
    source: socketSource({ tls }),
    identity: uriSan(),
    policy: definePolicy({
      identity: 'uri',
      permissions: ['read'],
      grants: [{ identity: 'spiffe://test.example/client', allow: ['read'] }],
    }),
  })
  const known = gate.guard(authenticated)
  const { problem } = createRefusalAnswer('test', gate, {})
  const handle = async (request: never, response: never) => {
    const sender = gate.admit(request)
    const decision = await known(sender, request)
    const { headers } = request as { headers: Record<string, unknown> }
    const answer = decision.allowed
      ? { statusCode: 200, headers: {}, body: String(sender.identity?.value) }
      : problem(decision.error, headers)
    const writable = response as {
      writeHead: (status: number, headers: object) => { end: (body: string) => void }
    }
    writable.writeHead(answer.statusCode, answer.headers).end(answer.body)
  }
  const listener = (request: unknown, response: unknown) =>
    void handle(request as never, response as never)
  return { tls, gate, listener }
}

function answerNewest({ socket }: IncomingMessage, response: ServerResponse): void {
  response.writeHead((socket as TLSSocket).getProtocol() === 'TLSv1.3' ? 200 : 503).end()
}

const findings = (results: readonly ConformanceResult[]) => results.filter(({ holds }) => !holds)

t.test('finds nothing where a gate is strict', async (t) => {
  const { tls, listener } = createService('strict', 'TLSv1.2')
  const results = await gateConformance({ app: listener, tls, pki, path })
  t.strictSame(findings(results), [])
  t.equal(results.length, 38)
  t.equal(new Set(results.map(({ name }) => name)).size, 38)
  t.match(results[0], {
    name: 'TLSv1.2, http/1.1: a client with a certificate of its own is answered 200',
  })
})

t.test('tries the versions that a server speaks, and HTTP/2', async (t) => {
  const { tls, listener } = createService('strict', 'TLSv1.3')
  const app = createSecureServer(tls.serverOptions, listener)
  tls.attach(app)
  const results = await gateConformance({ app, pki, path, protocol: 'h2' })
  t.strictSame(findings(results), [])
  t.equal(results.length, 19)
})

t.test('finds everybody whom a lax server lets in', async (t) => {
  const { cert, key } = pki.server
  const ca = pki.clientCas.clients.anchors
  const app = createServer(
    { cert, key, ca, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.3' },
    ({ headers }, response) =>
      response.writeHead(201).end(String(headers['x-client-dn'] ?? 'somebody')),
  )
  const results = await gateConformance({ app, pki, path, status: 201 })
  const names = new Set(findings(results).map(({ name }) => name))
  for (const name of [
    'TLSv1.3, http/1.1: a client without a certificate is refused in TLS',
    'TLSv1.3, http/1.1: a client of a CA that the server does not know is refused in TLS',
    'TLSv1.3, http/1.1: a client whose certificate is revoked is refused in TLS',
    'TLSv1.3, http/1.1: a client whose certificate names nobody is answered 401 or 403',
    'TLSv1.3, http/1.1: headers that name another client change nothing',
  ]) {
    t.ok(names.has(name), name)
  }
  t.match(findings(results)[0]?.because, 'the server finished its side; the answer was 201')
})

t.test('tries both protocols of a server that speaks them', async (t) => {
  const { tls, listener } = createService('strict', 'TLSv1.3')
  const app = createSecureServer({ ...tls.serverOptions, allowHTTP1: true }, listener)
  tls.attach(app)
  const results = await gateConformance({ app, pki, path })
  t.strictSame(findings(results), [])
  t.equal(results.length, 38)
})

t.test('finds whom the headers of another help', async (t) => {
  const { tls, gate } = createService('strict', 'TLSv1.3')
  const app = (request: IncomingMessage, response: ServerResponse) => {
    const isClaimed = request.headers['x-ssl-client-verify'] === 'SUCCESS'
    const { identity } = gate.admit(request)
    response.writeHead(identity !== null || isClaimed ? 200 : 403).end(String(Math.random()))
  }
  const results = await gateConformance({ app, tls, pki, path })
  t.strictSame(
    findings(results).map(({ name }) => name),
    [
      'TLSv1.3, http/1.1: with the headers of another, a client whose certificate names nobody is answered 401 or 403',
    ],
  )
})

t.test('finds a version over which the accepted client is not answered', async (t) => {
  const { tls } = createService('strict', 'TLSv1.2')
  const results = await gateConformance({ app: answerNewest, tls, pki, path })
  t.ok(
    findings(results).some(
      ({ name }) =>
        name === 'TLSv1.2, http/1.1: a client with a certificate of its own is answered 200',
    ),
  )
})

t.test('proves nothing by a server that lets nobody in', async (t) => {
  const { tls, listener } = createService('strict', 'TLSv1.3')
  await t.rejects(gateConformance({ app: listener, tls, pki, path, status: 204 }), {
    code: 'ERR_PEERGATE_OPTION_INVALID',
    message:
      /gateConformance: the accepted client is not answered 204: a client with a certificate/u,
  })
})
