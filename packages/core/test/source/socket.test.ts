import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer as createPlainServer, get } from 'node:http'
import { createServer } from 'node:https'
import type { TlsOptions } from 'node:tls'
import { createTlsGate, socketSource } from '@peergate/core'
import type { SocketSourceOptions } from '@peergate/core'
import { openTestClient } from '@peergate/testkit'
import t from 'tap'
import { countCalls } from '../support/count-calls.js'
import { encodeSession } from '../support/encoded-session.js'
import { faultOf } from '../support/fault-of.js'
import { acceptedPeer, readPeer } from '../support/read-peer.js'
import { ask, createServerOf, listen } from '../support/tls-connection.js'
import type { Protocol } from '../support/tls-connection.js'
import { createTlsSetting } from '../support/tls-setting.js'

const { pki, options, createGate, anonymous, issueClient } = await createTlsSetting()
const { tls } = createGate()
const client = await issueClient()

/** Options of a server set up by hand. */
function byHand(extra: TlsOptions = {}): TlsOptions {
  const { cert, key, ca } = tls.serverOptions
  return { cert, key, ca, requestCert: true, rejectUnauthorized: false, ...extra }
}

function fakeSocket(own: object): object {
  return {
    encrypted: true,
    authorized: true,
    authorizationError: null,
    getProtocol: () => 'TLSv1.3',
    getSession: () => encodeSession(null),
    ...own,
  }
}

/** A socket that answers to every property with itself. */
const agreeable: object = new Proxy(() => agreeable, { get: () => agreeable })

t.test('takes no gate but one of createTlsGate', (t) => {
  for (const own of [{ tls: { ...tls } }, { tls: null }, { tls: undefined }]) {
    t.equal(
      faultOf(() => socketSource(own as unknown as SocketSourceOptions))?.detail,
      'socketSource: option "tls" must be made by createTlsGate',
    )
  }
  t.equal(
    faultOf(() => socketSource({ tsl: tls } as SocketSourceOptions))?.detail,
    'socketSource: option "tsl" is not known; did you mean "tls"?',
  )
  t.ok(Object.isFrozen(socketSource({ tls: createTlsGate(options) })))
  t.end()
})

t.test(
  'names the sets of its TLS gate, before and after a reload, and none without one',
  async (t) => {
    const batch = pki.authority('batch-client-ca').certificate
    const { tls } = createGate({ clientCas: { ...options.clientCas, batch } })
    for (const turn of ['before', 'after']) {
      t.strictSame(tls.trustSets, ['payments', 'batch'], turn)
      await tls.reload()
    }
    const [source, byHand] = [socketSource({ tls }), socketSource()]
    t.equal(source.trustSets, tls.trustSets)
    t.strictSame(byHand.trustSets, [])
    for (const { trustSets } of [source, byHand]) t.ok(Object.isFrozen(trustSets))
  },
)

for (const [mode, source] of [
  ['with a TLS gate', socketSource({ tls })],
  ['without a TLS gate', socketSource()],
] as const) {
  t.test(`${mode}, answers every odd request with a code`, (t) => {
    const closed = 'ERR_PEERGATE_CONNECTION_CLOSED'
    const plain = 'ERR_PEERGATE_CONNECTION_NOT_TLS'
    const angry = new Proxy(
      {},
      {
        get() {
          throw new TypeError('gone')
        },
      },
    )
    for (const [name, request, code] of [
      ['no request', undefined, closed],
      ['null', null, closed],
      ['a request without a socket', {}, closed],
      ['a request whose socket is null', { socket: null }, closed],
      ['a request whose socket is text', { socket: 'tls' }, closed],
      ['a request that throws', angry, closed],
      ['a socket that throws', { socket: angry }, closed],
      ['a destroyed socket', { socket: fakeSocket({ destroyed: true }) }, closed],
      ['an injected request', { socket: { remoteAddress: '127.0.0.1' } }, plain],
      ['a socket that says encrypted', { socket: { encrypted: 'yes', authorized: true } }, plain],
      [
        'a socket that answers to everything',
        { socket: new Proxy({}, { get: () => agreeable }) },
        plain,
      ],
    ] as const) {
      t.equal(readPeer(source, request), code, name)
    }
    t.end()
  })
}

t.test('without a TLS gate, believes no socket that lacks a proof', async (t) => {
  const raw = Uint8Array.of(0x30)
  const { cert } = await issueClient()
  const leaf = new X509Certificate(cert).raw
  for (const [name, own, code] of [
    ['no certificate', {}, 'ERR_PEERGATE_CERTIFICATE_MISSING'],
    ['TLS 1.2', { getProtocol: () => 'TLSv1.2' }, 'ERR_PEERGATE_PROTOCOL_UNSUPPORTED'],
    ['no protocol', { getProtocol: () => null }, 'ERR_PEERGATE_PROTOCOL_UNSUPPORTED'],
    ['nobody to ask', { getProtocol: undefined }, 'ERR_PEERGATE_CERTIFICATE_MALFORMED'],
    ['no session', { getSession: () => null }, 'ERR_PEERGATE_CERTIFICATE_MISSING'],
    ['no session yet', { getSession: () => undefined }, 'ERR_PEERGATE_CERTIFICATE_MISSING'],
    ['no DER', { getSession: () => raw }, 'ERR_PEERGATE_CERTIFICATE_MALFORMED'],
    ['no bytes', { getSession: () => ({}) }, 'ERR_PEERGATE_CERTIFICATE_MALFORMED'],
    [
      'no certificate in its place',
      { getSession: () => encodeSession(raw) },
      'ERR_PEERGATE_CERTIFICATE_MALFORMED',
    ],
    [
      'no verdict',
      { getSession: () => encodeSession(leaf), authorizationError: undefined },
      'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
    ],
    [
      'an authorized that is not true',
      { getSession: () => encodeSession(leaf), authorized: 'true' },
      'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
    ],
  ] as const) {
    t.equal(readPeer(socketSource(), { socket: fakeSocket(own) }), code, name)
  }
})

t.test('without a TLS gate, leaves nothing of the session that it read', async (t) => {
  const session = encodeSession(new X509Certificate((await issueClient()).cert).raw)
  t.equal(
    readPeer(socketSource(), { socket: fakeSocket({ getSession: () => session }) }),
    'tls null',
  )
  t.ok(session.every((byte) => byte === 0))
})

t.test('without a TLS gate, reads a server that was set up by hand', async (t) => {
  const source = socketSource()
  const expired = await issueClient({ validity: { from: '-2d', to: '-1d' } })
  const authority = await issueClient({ ca: true })
  for (const [name, server, credentials, expected] of [
    ['a valid client', {}, client, 'tls null'],
    ['no certificate', {}, anonymous, 'ERR_PEERGATE_CERTIFICATE_MISSING'],
    ['an expired one', {}, expired, 'ERR_PEERGATE_CERTIFICATE_EXPIRED'],
    ['one that may sign', {}, authority, 'ERR_PEERGATE_CERTIFICATE_IS_CA'],
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }, client, 'ERR_PEERGATE_PROTOCOL_UNSUPPORTED'],
    ['no request for one', { requestCert: false }, client, 'ERR_PEERGATE_CERTIFICATE_MISSING'],
  ] as const) {
    const handmade = createServerOf('http/1.1', byHand(server), (request) =>
      readPeer(source, request),
    )
    t.equal(await ask({ port: await listen(t, handmade), ...credentials }), expected, name)
  }
})

for (const protocol of ['http/1.1', 'h2'] as const) {
  for (const [mode, source, make] of [
    ['with a TLS gate', socketSource({ tls }), tls.serverOptions],
    ['without a TLS gate', socketSource(), byHand()],
  ] as const) {
    t.test(`${mode}, reads a connection of ${protocol} once`, async (t) => {
      const peers = new Set<object>()
      const server = createServerOf(protocol, make, (request) => {
        peers.add(acceptedPeer(source, request))
        return 'seen'
      })
      if (make === tls.serverOptions) tls.attach(server)
      const reads = countCalls(t, 'getSession')
      const connection = openClient(await listen(t, server), protocol)
      await connection.request('GET', '/')
      const turns = protocol === 'h2' ? 8 : 1
      for (let turn = 0; turn < 4; turn += 1) {
        await Promise.all(Array.from({ length: turns }, () => connection.request('GET', '/')))
      }
      connection.close()
      t.strictSame([peers.size, reads()], [1, 1])
    })
  }
}

t.test('with a TLS gate, reads only what that gate captured', async (t) => {
  const notCaptured = 'ERR_PEERGATE_CONNECTION_NOT_CAPTURED'
  const source = socketSource({ tls: createGate().tls })
  const attached = createServerOf('http/1.1', tls.serverOptions, (request) =>
    readPeer(source, request),
  )
  tls.attach(attached)
  t.equal(await ask({ port: await listen(t, attached), ...client }), notCaptured, 'another gate')
  const forgotten = createServerOf('http/1.1', tls.serverOptions, (request) =>
    readPeer(socketSource({ tls }), request),
  )
  t.equal(await ask({ port: await listen(t, forgotten), ...client }), notCaptured, 'no attach')
})

t.test('gives no identity to a connection without TLS', async (t) => {
  const sources = [socketSource({ tls }), socketSource()]
  const server = createPlainServer((request, response) => {
    response.end(sources.map((source) => readPeer(source, request)).join(' '))
  })
  const port = await listen(t, server)
  const [response] = (await once(get({ port, host: '127.0.0.1' }), 'response')) as [IncomingMessage]
  const code = 'ERR_PEERGATE_CONNECTION_NOT_TLS'
  t.equal(String(await response.toArray()), `${code} ${code}`)
})

t.test('identifies the sender of an upgrade', async (t) => {
  const source = socketSource({ tls })
  const server = createServer(tls.serverOptions)
  tls.attach(server)
  server.on('upgrade', (request, socket) => {
    socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${readPeer(source, request)}`)
  })
  const port = await listen(t, server)
  t.equal(await ask({ port, ...client }, ['connection: upgrade', 'upgrade: x']), 'tls payments')
})

function openClient(port: number, protocol: Protocol) {
  const leaf = { certificate: client.cert, key: client.key }
  return openTestClient({ port, protocol, serverCa: client.ca, leaf })
}

t.test('refuses a request whose identity headers cannot be removed', async (t) => {
  const { tls } = createGate()
  const source = socketSource({ tls })
  const server = createServerOf('http/1.1', tls.serverOptions, ({ socket }) => {
    const rawHeaders = Object.freeze(['Client-Cert', 'a'])
    return readPeer(source, { socket, rawHeaders, headers: { 'client-cert': 'a' } })
  })
  tls.attach(server)
  t.equal(await ask({ port: await listen(t, server), ...client }), 'ERR_PEERGATE_CONNECTION_CLOSED')
})
