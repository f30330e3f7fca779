import { X509Certificate } from 'node:crypto'
import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer as createPlainServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer } from 'node:https'
import { connect } from 'node:net'
import {
  authenticated,
  commonNames,
  createPeerGate,
  createRefusalAnswer,
  createTlsGate,
  definePolicy,
  gateChannels,
  parseCertificate,
  socketSource,
  spiffe,
} from '@peergate/core'
import type { PeerGateErrorCode, RolloutMode } from '@peergate/core'
import {
  assertAnswered,
  assertRefusedInTls,
  clientKinds,
  createTestPki,
  describeReport,
  openTestClient,
  withServer,
} from '@peergate/testkit'
import type { ClientKind, TestableApp } from '@peergate/testkit'
import t from 'tap'

const identity = { uri: ['spiffe://prod.example/ns/payments/sa/api'] }
const pki = await createTestPki({ identity })
const kinds = Object.keys(clientKinds) as ClientKind[]

function createGates(mode: RolloutMode = 'strict') {
  const tls = createTlsGate({
    server: pki.server,
    clientCas: pki.clientCas,
    mode,
    name: mode,
    minVersion: 'TLSv1.2',
  })
  const gate = createPeerGate({
    name: mode,
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['read'],
      grants: [{ identity: identity.uri[0] as string, allow: ['read'] }],
    }),
  })
  return { tls, gate }
}

function createService(protocol: 'h2' | 'http/1.1', mode: RolloutMode = 'strict') {
  const { tls, gate } = createGates(mode)
  const known = gate.guard(authenticated)
  const { problem } = createRefusalAnswer('test', gate, {})
  const handle = async (request: never, response: never) => {
    const { url, headers } = request as { url: string; headers: Record<string, unknown> }
    const sender = gate.admit(request)
    const decision = await known(sender, request)
    const answer = decision.allowed
      ? { statusCode: 200, headers: {}, body: `${url} ${sender.identity?.value}` }
      : problem(decision.error, headers)
    const writable = response as {
      writeHead: (status: number, headers: object) => { end: (body: string) => void }
    }
    writable.writeHead(answer.statusCode, answer.headers).end(answer.body)
  }
  const listener = (request: unknown, response: unknown) =>
    void handle(request as never, response as never)
  const server =
    protocol === 'h2'
      ? createSecureServer(tls.serverOptions, listener)
      : createServer(tls.serverOptions, listener)
  tls.attach(server)
  return { server, listener, tls }
}

/** From 3.5 on, OpenSSL refuses them by itself, and does not say why. */
const refusesWeakKeys = Number(process.versions.node.split('.')[0]) >= 24

const codes: Readonly<Partial<Record<ClientKind, PeerGateErrorCode>>> = {
  none: 'ERR_PEERGATE_CERTIFICATE_MISSING',
  expired: 'ERR_PEERGATE_CERTIFICATE_EXPIRED',
  'not-yet-valid': 'ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID',
  'wrong-ca': 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
  'rogue-ca': 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
  'missing-intermediate': 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
  'wrong-purpose': 'ERR_PEERGATE_CERTIFICATE_PURPOSE_WRONG',
  'ca-as-client': 'ERR_PEERGATE_CERTIFICATE_IS_CA',
  revoked: 'ERR_PEERGATE_CERTIFICATE_REVOKED',
  'weak-key': refusesWeakKeys
    ? 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED'
    : 'ERR_PEERGATE_CERTIFICATE_KEY_WEAK',
  oversize: 'ERR_PEERGATE_HANDSHAKE_FAILED',
}

/** With TLS 1.3, the client takes its handshake for finished whoever it is. */
function expectedOf(kind: ClientKind, tlsVersion: string): object {
  const { label, stoppedAt } = clientKinds[kind]
  const client = { client: kind, label }
  if (stoppedAt === 'client') {
    const error = 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'
    const handshake = 'not-started'
    return { ...client, handshake, serverHandshake: 'unseen', error, answer: null, refusal: null }
  }
  const shown = { ...client, serverCertificate: 'CN=localhost' }
  if (stoppedAt === 'tls') {
    const handshake = tlsVersion === 'TLSv1.3' ? 'completed' : 'failed'
    const refusal = { code: codes[kind], detail: String }
    return { ...shown, handshake, serverHandshake: 'refused', refusal, answer: null, error: String }
  }
  const [status, body] =
    stoppedAt === null ? [200, '/invoices spiffe://'] : [403, 'ERR_PEERGATE_IDENTITY_']
  return {
    ...shown,
    handshake: 'completed',
    serverHandshake: 'completed',
    protocol: tlsVersion,
    error: null,
    alert: null,
    refusal: null,
    answer: { status, body },
  }
}

for (const protocol of ['http/1.1', 'h2'] as const) {
  for (const tlsVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    t.test(
      `every kind of client ends where it is said to: ${protocol}, ${tlsVersion}`,
      async (t) => {
        await withServer(createService(protocol).server, async ({ connectAs }) => {
          for (const kind of kinds) {
            const report = await connectAs(await pki.client(kind), {
              protocol,
              tlsVersion,
              path: '/invoices',
            })
            t.match(report, expectedOf(kind, tlsVersion), describeReport(report))
            if (clientKinds[kind].stoppedAt === null) assertAnswered(report, 200)
            if (clientKinds[kind].stoppedAt === 'tls') assertRefusedInTls(report, codes[kind])
          }
        })
      },
    )
  }
}

t.test('says in a sentence what happened where an assertion does not hold', async (t) => {
  await withServer(createService('http/1.1', 'enforce').server, async ({ connectAs }) => {
    const nobody = await connectAs(await pki.client('none'))
    t.throws(() => assertRefusedInTls(nobody), {
      code: 'ERR_ASSERTION',
      message:
        'a refusal in TLS was expected, but a client without a certificate (none) finished its side of a TLSv1.3 handshake, and was shown CN=localhost; the server finished its side; the answer was 401',
    })
    assertAnswered(nobody, 401)
    t.throws(() => assertAnswered(nobody, 200), { message: /^an answer 200 was expected, but / })
  })
  await withServer(createService('http/1.1').server, async ({ connectAs }) => {
    const expired = await connectAs(await pki.client('expired'), { tlsVersion: 'TLSv1.2' })
    t.throws(() => assertRefusedInTls(expired, 'ERR_PEERGATE_CERTIFICATE_REVOKED'), {
      message:
        /^a refusal in TLS with ERR_PEERGATE_CERTIFICATE_REVOKED was expected, but a client whose certificate has expired \(expired\) did not finish its handshake \(ECONNRESET\), and was shown CN=localhost; the server refused it with ERR_PEERGATE_CERTIFICATE_EXPIRED \(.*\) without an alert; no byte of an answer came$/u,
    })
    const mismatched = describeReport(await connectAs(await pki.client('mismatched-key')))
    t.match(mismatched, 'was refused by its own TLS library (ERR_OSSL_X509_KEY_VALUES_MISMATCH)')
    t.match(mismatched, 'the server saw no handshake; no byte of an answer came')
    const stranger = { ...(await pki.client('accepted')), serverCa: pki.clientCas.clients.anchors }
    const distrusting = await connectAs(stranger)
    t.match(distrusting, {
      handshake: 'failed',
      serverHandshake: 'abandoned',
      error: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    })
    t.match(describeReport(distrusting), '; the client did not go on; ')
    t.throws(() => assertRefusedInTls(distrusting), {
      message: /^a refusal in TLS was expected, but/u,
    })
  })
})

t.test('tells the alert of a server that sends one', async (t) => {
  await withServer(createService('http/1.1').server, async ({ connectAs }) => {
    const options = { tlsVersion: 'TLSv1.2' } as const
    const report = await connectAs(await pki.client('oversize'), options)
    t.equal(report.alert, 'illegal_parameter')
    t.match(describeReport(report), 'and sent the alert illegal_parameter')
    assertRefusedInTls(report)
  })
})

t.test('takes no refusal for that of a client where there are two', async (t) => {
  const refused = channel(gateChannels['handshake-refused'])
  const keep: unknown[] = []
  refused.subscribe((event) => keep.push(event))
  const tls = createTlsGate({
    server: pki.server,
    clientCas: pki.clientCas,
    name: 'twice',
    onRefused: () => refused.publish(keep[0]),
  })
  const report = await withServer(
    (_request, response) => response.end(),
    async ({ connectAs }) => connectAs(await pki.client('expired')),
    { tls },
  )
  t.match(report, { serverHandshake: 'refused', refusal: null })
})

t.test('tells what a server without Peergate does', async (t) => {
  const { cert, key } = pki.server
  const strict = { requestCert: true, rejectUnauthorized: true, ca: pki.clientCas.clients.anchors }
  const server = createServer({ cert, key, ...strict }, (_request, response) => response.end('ok'))
  await withServer(server, async ({ connectAs }) => {
    const expired = await connectAs(await pki.client('expired'))
    t.equal(expired.refusal, null)
    t.match(describeReport(expired), '; the server refused it without an alert; ')
    assertRefusedInTls(expired)
    assertAnswered(await connectAs(await pki.client('wrong-order')), 200)
  })
})

t.test('runs a listener behind a TLS gate, and closes what it leaves open', async (t) => {
  const { listener, tls } = createService('http/1.1')
  const client = await pki.expiringClient(60)
  const answers = await withServer(
    listener,
    async ({ connectAs, port, url }) => {
      t.equal(url, `https://localhost:${port}`)
      const { certificate, key } = await pki.pki.issue({
        issuer: 'client-ca',
        subject: 'CN=idle',
        usage: 'client',
        ...identity,
      })
      const { serverCa } = pki
      const idle = openTestClient({
        port,
        serverCa,
        leaf: { certificate, key },
        protocol: 'http/1.1',
      })
      t.match(await idle.request('GET', '/kept-open'), { status: 200 })
      return Promise.all([connectAs(client), connectAs(await pki.issueClient())])
    },
    { tls },
  )
  for (const answer of answers) assertAnswered(answer, 200)
  t.match(answers[0], { client: 'CN=client' })
})

t.test('names who asks, and with what, in the request', async (t) => {
  const tls = createTlsGate({ server: pki.server, clientCas: pki.clientCas, name: 'asked' })
  const client = await pki.issueClient({ subject: 'CN=batch', uri: [] })
  const report = await withServer(
    ({ method, headers }, response) => response.end(`${method} ${String(headers['x-request-id'])}`),
    async ({ connectAs }) =>
      connectAs(client, { method: 'DELETE', headers: { 'x-request-id': '7' } }),
    { tls },
  )
  t.match(report, { client: 'CN=batch', answer: { body: 'DELETE 7' } })
})

t.test('tells of an answer that never comes whole', async (t) => {
  const tls = createTlsGate({ server: pki.server, clientCas: pki.clientCas, name: 'cut' })
  const accepted = await pki.client('accepted')
  const report = await withServer(
    ({ socket }) => socket.destroy(),
    async ({ connectAs }) => connectAs(accepted),
    { tls },
  )
  t.match(report, { serverHandshake: 'completed', answer: null, error: 'ECONNRESET' })
})

const idle = async () => undefined

t.test('takes no refusal for one of the client where both speak nothing in common', async (t) => {
  const { server } = createService('http/1.1')
  await withServer(server, async ({ connectAs }) => {
    const report = await connectAs(await pki.client('none'), { protocol: 'h2' })
    t.throws(() => assertRefusedInTls(report), { message: /no byte of an answer came$/u })
  })
})

t.test('sees nothing of a connection that the server does not take', async (t) => {
  const { server } = createService('http/1.1')
  server.maxConnections = 1
  await withServer(server, async ({ connectAs, port }) => {
    const held = connect(port, '127.0.0.1')
    await once(held, 'connect')
    t.match(await connectAs(await pki.client('none')), { serverHandshake: 'unseen', answer: null })
  })
})

t.test('waits for no answer for ever', async (t) => {
  const tls = createTlsGate({ server: pki.server, clientCas: pki.clientCas, name: 'silent' })
  const report = await withServer(
    () => undefined,
    async ({ connectAs }) => connectAs(await pki.client('accepted'), { timeout: 0.5 }),
    { tls },
  )
  t.match(report, { serverHandshake: 'completed', answer: null, error: 'ETIMEDOUT' })
})

t.test('refuses what it cannot run, and options that are wrong', async (t) => {
  for (const [app, fault] of [
    [{}, 'the application must be a TLS server, a Fastify application or a listener'],
    [null, 'the application must be a TLS server, a Fastify application or a listener'],
    [idle, 'a listener needs the option "tls"'],
    [
      { server: createPlainServer(), listen: idle, close: idle },
      'the application does not speak TLS; create it with { https: tls.serverOptions }',
    ],
  ] as const) {
    await t.rejects(withServer(app as unknown as TestableApp, idle), {
      code: 'ERR_PEERGATE_OPTION_INVALID',
      message: `options must be well-formed: withServer: ${fault}`,
    })
  }
  await t.rejects(pki.client('expiring' as ClientKind), {
    message: /pki\.client: kind "expiring" is not known/u,
  })
  await t.rejects(pki.expiringClient(0.5), { message: /must be a whole number of seconds/u })
  await t.rejects(createTestPki({ identity: { urn: [] } } as never), {
    message: /option "identity\.urn" is not known/u,
  })
  await t.rejects(createTestPki({ identity: { uri: [] } }), {
    message: /option "identity" must hold a name$/u,
  })
  await withServer(createService('http/1.1').server, async ({ connectAs }) => {
    const options = { path: 'invoices' }
    await t.rejects(connectAs(await pki.client('accepted'), options), {
      message: /connectAs: option "path" must begin with \//u,
    })
  })
})

t.test('mints two of every name that an identity can be, and hostile ones', async (t) => {
  const every = await createTestPki({
    identity: {
      subject: 'CN=api',
      dns: ['api.example'],
      ip: ['192.0.2.1'],
      uri: ['spiffe://prod.example/api'],
      email: ['api@example.com'],
      upn: ['api@example.com'],
    },
  })
  const namesOf = async (kind: ClientKind) => {
    const { certificate } = await every.client(kind)
    return parseCertificate(new X509Certificate(String(certificate)).raw)
  }
  const several = await namesOf('several-identities')
  t.equal(several.subjectAlternativeNames.length, 10)
  t.strictSame(commonNames(several.subject).length, 2)
  const hostile = await every.client('hostile-names')
  const { subjectAltName } = new X509Certificate(String(hostile.certificate))
  t.match(subjectAltName, 'URI:spiffe://prod.example/api')
  const { subject } = new X509Certificate(String(hostile.certificate))
  t.match(subject, /CN=api/u)
})
