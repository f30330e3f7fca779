import { X509Certificate, randomBytes } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createSecureContext } from 'node:tls'
import type { Server, TLSSocket, TlsOptions } from 'node:tls'
import {
  createPeerGate,
  createTlsGate,
  definePolicy,
  parseCertificate,
  socketSource,
  spiffe,
} from '@peergate/core'
import type { RequestLike } from '@peergate/core'
import { openTestClient, readerId } from '@peergate/testkit'
import type { TestClient } from '@peergate/testkit'
import t from 'tap'
import { countCalls } from '../support/count-calls.js'
import { faultOf } from '../support/fault-of.js'
import { acceptedPeer, readPeer } from '../support/read-peer.js'
import { ask, createServerOf, listen, open, sessionOf } from '../support/tls-connection.js'
import type { Protocol } from '../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../support/tls-setting.js'

const { pki, options, createGate, anonymous, issueClient } = await createTlsSetting()
const client = await issueClient()

/** A server set up by hand, without a TLS gate, that answers with what its source says. */
function createServerByHand(extra: TlsOptions): Server {
  const source = socketSource()
  const { cert, key, ca } = createGate().tls.serverOptions
  const byHand: TlsOptions = { cert, key, ca, minVersion: 'TLSv1.3', ...extra }
  return createServerOf('http/1.1', byHand, (request) => readPeer(source, request))
}

/** The outcomes of the next handshakes of `server`, as its sockets report them. */
function watchSockets(server: Server): { authorized: boolean; reused: boolean }[] {
  const seen: { authorized: boolean; reused: boolean }[] = []
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    seen.push({ authorized: socket.authorized, reused: socket.isSessionReused() })
  })
  return seen
}

/** For clients that ask for a name which the server's certificate does not bear. */
const checkServerIdentity = (): undefined => undefined

/** What a socket of Node 20 looks like after a resumption without a certificate. */
const authorizedWithoutCertificate = {
  encrypted: true,
  authorized: true,
  authorizationError: null,
  getProtocol: () => 'TLSv1.3',
  getPeerX509Certificate: () => undefined,
}

t.test('F1 renegotiation is refused', async (t) => {
  const { tls } = createGate({ minVersion: 'TLSv1.2' })
  const port = await listen(t, createGatedServer(tls))
  const socket = open({ port, ...client, maxVersion: 'TLSv1.2' })
  await once(socket, 'secureConnect')
  socket.on('error', () => undefined)
  const outcome = await Promise.race([
    new Promise((resolve) => {
      socket.renegotiate({}, (error) => resolve(error === null ? 'renegotiated' : 'refused'))
    }),
    once(socket, 'close').then(() => 'refused'),
    wait(500, 'refused'),
  ])
  t.equal(outcome, 'refused')
  socket.destroy()
})

t.test('F2 authorized without a certificate is no identity', async (t) => {
  const server = createServerByHand({ requestCert: true, rejectUnauthorized: false })
  const sockets = watchSockets(server)
  const port = await listen(t, server)
  const session = await sessionOf({ port, ...anonymous })
  const answer = await ask({ port, ...anonymous, session })
  t.equal(answer, 'ERR_PEERGATE_CERTIFICATE_MISSING')
  t.strictSame(
    sockets.map(({ reused }) => reused),
    [false, true],
  )
  if (process.version.startsWith('v20.')) t.equal(sockets[1]?.authorized, true)
  const fake = { socket: authorizedWithoutCertificate }
  t.equal(readPeer(socketSource(), fake), 'ERR_PEERGATE_CERTIFICATE_MISSING')
  const { tls } = createGate()
  t.equal(readPeer(socketSource({ tls }), fake), 'ERR_PEERGATE_CONNECTION_NOT_CAPTURED')
})

t.test('F3 a session from another server lets nobody in', async (t) => {
  const { tls, refused } = createGate()
  const shared = {
    ticketKeys: randomBytes(48),
    sessionIdContext: tls.serverOptions.sessionIdContext,
  }
  const lax = createServerByHand({ ...shared, requestCert: false })
  const session = await sessionOf({ port: await listen(t, lax), ...anonymous })

  t.test('not into a strict server set up by hand', async (t) => {
    const strict = createServerByHand({ ...shared, requestCert: true })
    const sockets = watchSockets(strict)
    const port = await listen(t, strict)
    const answer = await ask({ port, ...anonymous, session }).catch(() => 'no answer')
    if (process.version.startsWith('v20.')) {
      t.strictSame(sockets, [{ authorized: true, reused: true }])
    }
    t.equal(answer, sockets.length === 0 ? 'no answer' : 'ERR_PEERGATE_CERTIFICATE_MISSING')
  })

  t.test('not into a server of the TLS gate, even if it was given the keys', async (t) => {
    t.equal(
      faultOf(() => createGatedServer(tls, shared))?.detail,
      'attach: the server was made with another ticketKeys; make it with tls.serverOptions',
    )
    const gated = createGatedServer(tls)
    gated.setTicketKeys(shared.ticketKeys)
    const sockets = watchSockets(gated)
    const port = await listen(t, gated)
    await t.rejects(ask({ port, ...anonymous, session }))
    t.strictSame(sockets, [])
    t.equal((await refused).error.code, 'ERR_PEERGATE_CERTIFICATE_MISSING')
  })

  t.test('nor a client with a pre-shared key', async (t) => {
    const gate = createGate()
    const identity = 'anybody'
    const psk = randomBytes(32)
    const port = await listen(t, createGatedServer(gate.tls, { pskCallback: () => psk }))
    const offer = { pskCallback: () => ({ identity, psk }), checkServerIdentity: () => undefined }
    await t.rejects(ask({ port, ...anonymous, ...offer }))
    t.equal((await gate.refused).error.layer, 'tls')
  })
})

t.test('F4 a missing peer address changes nothing', async (t) => {
  const { tls, refused } = createGate()
  const addresses: unknown[] = []
  const server = createGatedServer(tls)
  server.on('request', ({ socket }) => addresses.push(socket.remoteAddress))
  const path = join(tmpdir(), `peergate-${randomBytes(8).toString('hex')}.sock`)
  await listen(t, server, { path })
  t.equal(
    await ask({ path, ...client }, [`x-forwarded-client-cert: URI=${readerId}`]),
    'tls payments',
  )
  await t.rejects(ask({ path, ...anonymous }, [`x-forwarded-client-cert: URI=${readerId}`]))
  t.equal((await refused).error.code, 'ERR_PEERGATE_CERTIFICATE_MISSING')
  t.strictSame(addresses, [undefined])
})

t.test('F5 nothing is left to a resumed session', async (t) => {
  t.test('a resumed connection is refused, whoever kept the session', async (t) => {
    const { tls, refused } = createGate({ minVersion: 'TLSv1.2' })
    const server = createGatedServer(tls)
    const sessions = new Map<string, Buffer>()
    server.on('newSession', (id: Buffer, data: Buffer, done: () => void) => {
      sessions.set(id.toString('hex'), data)
      done()
    })
    server.on('resumeSession', (id: Buffer, done: (error: null, data?: Buffer) => void) => {
      done(null, sessions.get(id.toString('hex')))
    })
    const port = await listen(t, server)
    const session = await sessionOf({ port, ...client, maxVersion: 'TLSv1.2' })
    await t.rejects(ask({ port, ...client, maxVersion: 'TLSv1.2', session }))
    t.equal((await refused).error.code, 'ERR_PEERGATE_SESSION_RESUMED')
  })

  t.test('the validity is compared with the clock on every request', async (t) => {
    const { tls } = createGate()
    let now = Date.now()
    const policy = definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:read'],
      grants: [{ identity: readerId, allow: ['invoice:read'] }],
    })
    const gate = createPeerGate({
      source: socketSource({ tls }),
      identity: spiffe({ trustDomain: 'prod.example' }),
      policy,
      clock: () => now,
    })
    const server = createServerOf(
      'http/1.1',
      tls.serverOptions,
      (request) => gate.admit(request).refusal?.code ?? 'admitted',
    )
    tls.attach(server)
    const port = await listen(t, server)
    const connection = openClient(port, 'http/1.1')
    t.teardown(connection.close)
    const codes: string[] = []
    for (const days of [0, 60, -60, Number.NaN, 0]) {
      now = Date.now() + days * 24 * 60 * 60 * 1000
      codes.push((await connection.request('GET', '/')).body)
    }
    t.strictSame(codes, [
      'admitted',
      'ERR_PEERGATE_CERTIFICATE_EXPIRED',
      'ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID',
      'ERR_PEERGATE_GATE_FAULTY',
      'admitted',
    ])
  })
})

t.test('F6 a session for another server name is not resumed', async (t) => {
  const { tls } = createGate()
  const server = createGatedServer(tls)
  const sockets = watchSockets(server)
  const port = await listen(t, server)
  const session = await sessionOf({ port, ...client })
  const elsewhere = { port, ...client, session, servername: 'other.example', checkServerIdentity }
  t.equal(await ask(elsewhere), 'tls payments')
  await t.rejects(ask({ ...elsewhere, cert: undefined, key: undefined }))
  t.strictSame(sockets, [
    { authorized: true, reused: false },
    { authorized: true, reused: false },
  ])
})

t.test('F7 the server name decides nothing', async (t) => {
  const context = {
    cert: String(options.server.cert),
    key: String(options.server.key),
    ca: pki.authority('batch-client-ca').certificate,
  }
  const batchClient = await issueClient({ issuer: 'batch-client-ca' })

  t.test('a context for a name is not used', async (t) => {
    const { tls, refused } = createGate()
    const source = socketSource({ tls })
    const server = createServerOf('http/1.1', tls.serverOptions, (request) =>
      readPeer(source, request),
    )
    server.addContext('other.example', context)
    tls.attach(server)
    const port = await listen(t, server)
    for (const servername of ['other.example', 'OTHER.example.', 'localhost', '']) {
      t.equal(await ask({ port, ...client, servername, checkServerIdentity }), 'tls payments')
    }
    const foreign = { port, ...batchClient, servername: 'other.example', checkServerIdentity }
    await t.rejects(ask(foreign))
    t.equal((await refused).reason, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  })

  t.test('a context can neither be added nor replaced later', (t) => {
    const { tls } = createGate()
    const server = createGatedServer(tls)
    for (const [method, change] of [
      ['addContext', () => server.addContext('other.example', context)],
      ['setSecureContext', () => server.setSecureContext(context)],
    ] as const) {
      t.equal(
        faultOf(change)?.detail,
        `attach: ${method} would change the TLS of an attached server; change its files and call tls.reload`,
      )
    }
    t.end()
  })

  t.test('a connection whose context an SNICallback chose is refused', async (t) => {
    const { tls, refused } = createGate()
    const server = createGatedServer(tls, {
      SNICallback: (_name, done) => done(null, createSecureContext(context)),
    })
    const port = await listen(t, server)
    await t.rejects(ask({ port, ...batchClient }))
    const { error } = await refused
    t.equal(error.code, 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED')
    t.match(error.detail, 'SNICallback')
  })
})

t.test('F8 a client CA set that is empty or broken is an error at creation', (t) => {
  const ca = pki.authority('payments-client-ca')
  const cut = ca.certificate.slice(0, -40)
  for (const [name, material, code] of [
    ['an empty text', '', 'ERR_PEERGATE_OPTION_INVALID'],
    ['no bytes', new Uint8Array(), 'ERR_PEERGATE_PEM_INVALID'],
    ['null', null, 'ERR_PEERGATE_OPTION_INVALID'],
    ['garbage', Buffer.from('garbage'), 'ERR_PEERGATE_PEM_INVALID'],
    ['DER', ca.der, 'ERR_PEERGATE_PEM_INVALID'],
    ['a block that is cut off', ca.certificate + cut, 'ERR_PEERGATE_PEM_INVALID'],
    ['a leaf', client.cert, 'ERR_PEERGATE_CLIENT_CA_INVALID'],
    ['a missing file', '/no/such/ca.pem', 'ERR_PEERGATE_FILE_UNREADABLE'],
  ] as const) {
    const clientCas = { payments: material as string }
    t.equal(faultOf(() => createTlsGate({ ...options, clientCas }))?.code, code, name)
  }
  const { requestCert, rejectUnauthorized, ca: trusted } = createGate().tls.serverOptions
  t.strictSame([requestCert, rejectUnauthorized, trusted], [true, true, [ca.certificate]])
  t.end()
})

t.test('F10 forged headers change nothing', async (t) => {
  const { tls, refused } = createGate()
  const port = await listen(t, createGatedServer(tls))
  const names = ['x-forwarded-client-cert', 'X_Forwarded_Client_Cert', 'x-forwarded.client-cert']
  const forged = names.map((name) => `${name}: URI=spiffe://prod.example/admin`)
  const headers = [...forged, ...forged, 'client-cert: :AAAA:', 'x-ssl-client-verify: SUCCESS']
  t.equal(await ask({ port, ...client }, headers), 'tls payments')
  await t.rejects(ask({ port, ...anonymous }, headers))
  t.equal((await refused).error.code, 'ERR_PEERGATE_CERTIFICATE_MISSING')
})

for (const protocol of ['http/1.1', 'h2'] as const) {
  t.test(`F11 the certificate is read once for a connection of ${protocol}`, async (t) => {
    const { tls } = createGate()
    const source = socketSource({ tls })
    const peers = new Set<object>()
    const server = createServerOf(protocol, tls.serverOptions, (request) => {
      peers.add(acceptedPeer(source, request))
      return ''
    })
    tls.attach(server)
    const reads = countCalls(t, 'getPeerX509Certificate')
    const legacyReads = countCalls(t, 'getPeerCertificate')
    const connection = openClient(await listen(t, server), protocol)
    for (let turn = 0; turn < 8; turn += 1) await connection.request('GET', '/')
    connection.close()
    t.strictSame([peers.size, reads(), legacyReads()], [1, 1, 0])
  })

  t.test(`F12 a closed connection of ${protocol} is a refusal, never an exception`, async (t) => {
    const { tls } = createGate()
    const sources = [socketSource({ tls }), socketSource()]
    const requests = new EventEmitter()
    const server = createServerOf(protocol, tls.serverOptions, (request) => {
      requests.emit('request', request)
      return null
    })
    tls.attach(server)
    const connection = openClient(await listen(t, server), protocol)
    connection.request('GET', '/').catch(() => undefined)
    const [request] = (await once(requests, 'request')) as [RequestLike & { socket: Socket }]
    connection.close()
    await once(request.socket, 'close')
    await wait(10)
    const closed = 'ERR_PEERGATE_CONNECTION_CLOSED'
    t.strictSame(
      sources.map((source) => readPeer(source, request)),
      [protocol === 'h2' ? closed : 'tls payments', closed],
    )
  })
}

function openClient(port: number, protocol: Protocol): TestClient {
  const leaf = { certificate: client.cert, key: client.key }
  return openTestClient({ port, protocol, serverCa: client.ca, leaf })
}

t.test('F14 a certificate is read strictly from its DER', async (t) => {
  const { der } = pki.leaf('server')
  const trailing = Buffer.concat([der, Buffer.of(0)])
  t.equal(new X509Certificate(trailing).raw.length, der.length)
  t.equal(faultOf(() => parseCertificate(trailing))?.code, 'ERR_PEERGATE_CERTIFICATE_MALFORMED')
  const socket = {
    ...authorizedWithoutCertificate,
    getPeerX509Certificate: () => ({ raw: trailing }),
  }
  t.equal(readPeer(socketSource(), { socket }), 'ERR_PEERGATE_CERTIFICATE_MALFORMED')
})

t.test('F15 the reason of a refusal is known to onRefused', async (t) => {
  const { tls, refused } = createGate()
  const port = await listen(t, createGatedServer(tls))
  const expired = await issueClient({ validity: { from: '-2d', to: '-1d' } })
  await t.rejects(ask({ port, ...expired }))
  const { error, reason } = await refused
  t.equal(reason, 'CERT_HAS_EXPIRED')
  t.equal(error.code, 'ERR_PEERGATE_CERTIFICATE_EXPIRED')
  t.equal(error.layer, 'tls')
  t.match(error.detail, /^the handshake ended with CERT_HAS_EXPIRED: .+; this clock says /u)
})

t.test('F16 a very large certificate is refused before HTTP', async (t) => {
  const names = Array.from({ length: 101 }, (_, index) => `${index}.example`)
  for (const request of [
    { dns: names },
    { uri: [`spiffe://prod.example/${'a'.repeat(2 ** 14)}`] },
  ]) {
    const { tls, refused } = createGate()
    const port = await listen(t, createGatedServer(tls))
    await t.rejects(ask({ port, ...(await issueClient(request)) }))
    t.equal((await refused).error.code, 'ERR_PEERGATE_CERTIFICATE_TOO_LARGE')
  }
})
