import { once } from 'node:events'
import { createServer as createPlainServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer } from 'node:https'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import type { Server } from 'node:tls'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createTlsGate, socketSource } from '@peergate/core'
import type { TlsGateOptions } from '@peergate/core'
import t from 'tap'
import { faultOf } from '../support/fault-of.js'
import { acceptedPeer } from '../support/read-peer.js'
import { ask, createServerOf, listen, open } from '../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../support/tls-setting.js'

const { pki, options, createGate, anonymous, issueClient } = await createTlsSetting()

t.test('refuses options that are misspelt, half set or of another type', (t) => {
  for (const [own, detail] of [
    [
      { minVersion: 'TLSv1.1' },
      'option "minVersion" must be "TLSv1.2" or "TLSv1.3"; did you mean "TLSv1.2"?',
    ],
    [{ onRefused: 'log' }, 'option "onRefused" must be a function'],
    [{ clientCAs: {} }, 'option "clientCAs" is not known; did you mean "clientCas"?'],
    [{ ticketKeys: Buffer.alloc(48) }, 'option "ticketKeys" is not known'],
    [{ rejectUnauthorized: false }, 'option "rejectUnauthorized" is not known'],
  ] as const) {
    const fault = faultOf(() => createTlsGate({ ...options, ...own } as unknown as TlsGateOptions))
    t.equal(fault?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(fault?.detail, `createTlsGate: ${detail}`)
  }
  const nothing = faultOf(() => createTlsGate(undefined as unknown as TlsGateOptions))
  t.equal(nothing?.detail, 'createTlsGate: the options must be of the type object')
  t.end()
})

t.test('gives frozen options for TLS 1.3 with everything strict', (t) => {
  const { tls } = createGate({ minVersion: undefined } as object)
  t.ok(Object.isFrozen(tls))
  t.ok(Object.isFrozen(tls.serverOptions))
  const { requestCert, rejectUnauthorized, minVersion } = tls.serverOptions
  t.strictSame([requestCert, rejectUnauthorized, minVersion], [true, true, 'TLSv1.3'])
  t.end()
})

t.test('attaches only to a TLS server that was made with its options', (t) => {
  const { tls } = createGate()
  const other = createGate({
    clientCas: { batch: pki.authority('batch-client-ca').certificate },
  }).tls
  const make = tls.serverOptions
  const withStore = createServer(make)
  withStore.on('resumeSession', () => undefined)
  for (const [name, server, fault] of [
    ['nothing', undefined, 'the server must be a TLS server, made with tls.serverOptions'],
    ['HTTP', createPlainServer(), 'the server must be a TLS server, made with tls.serverOptions'],
    [
      'a store',
      withStore,
      'the server must not have an external session store; remove resumeSession',
    ],
    ...(
      [
        ['requestCert', createServer()],
        ['requestCert', createServer({ ...make, requestCert: false })],
        ['rejectUnauthorized', createServer({ ...make, rejectUnauthorized: false })],
        ['ca', createServer(other.serverOptions)],
        ['crl', createServer({ ...make, crl: [] })],
        ['ciphers', createTlsServer({ ...make, ciphers: 'TLS_AES_256_GCM_SHA384' })],
        ['minVersion', createServer({ ...make, minVersion: 'TLSv1.2' })],
        ['maxVersion', createSecureServer({ ...make, maxVersion: 'TLSv1.3' })],
      ] as const
    ).map(
      ([option, server]) =>
        [
          option,
          server,
          `the server was made with another ${option}; make it with tls.serverOptions`,
        ] as const,
    ),
  ] as const) {
    const error = faultOf(() => tls.attach(server as Server))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, `attach: ${fault}`, name)
  }
  t.end()
})

t.test('attaches to many servers, to each of them once', async (t) => {
  const { tls } = createGate()
  const first = createGatedServer(tls)
  const second = createGatedServer(tls)
  tls.attach(first)
  t.equal(first.listenerCount('tlsClientError'), second.listenerCount('tlsClientError'))
  t.equal(
    faultOf(() => createGate().tls.attach(first))?.detail,
    'attach: another TLS gate is attached to this server',
  )
  const client = await issueClient()
  for (const server of [first, second]) {
    t.equal(await ask({ port: await listen(t, server), ...client }), 'tls payments')
  }
})

t.test('does not attach to a server that listens already', async (t) => {
  const { tls } = createGate()
  const server = createServer(tls.serverOptions)
  await listen(t, server)
  t.equal(
    faultOf(() => tls.attach(server))?.detail,
    'attach: the server already listens, so that peers came in unseen; attach before listen',
  )
})

for (const [name, protocol, alpn] of [
  ['https', 'http/1.1', 'http/1.1'],
  ['http2', 'h2', 'h2'],
  ['http2 with HTTP/1', 'h2', 'http/1.1'],
] as const) {
  t.test(`lets no byte of a refused connection reach ${name}`, async (t) => {
    const { tls, refused } = createGate()
    let handled = 0
    const allowHTTP1 = { allowHTTP1: true }
    const server = createServerOf(protocol, { ...tls.serverOptions, ...allowHTTP1 }, () => {
      handled += 1
      return ''
    })
    tls.attach(server)
    for (const event of ['error', 'sessionError', 'clientError', 'stream']) {
      server.on(event, () => t.fail(`${event} must not happen`))
    }
    const credentials = await issueClient({ ca: true })
    const socket = open({ port: await listen(t, server), ...credentials, ALPNProtocols: [alpn] })
    socket.write(
      alpn === 'h2'
        ? 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
        : 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n',
    )
    t.equal(await text(socket).catch(() => ''), '')
    const { error, reason } = await refused
    t.strictSame([error.code, reason, handled], ['ERR_PEERGATE_CERTIFICATE_IS_CA', null, 0])
    await wait(20)
    const connections = await new Promise((resolve) => {
      server.getConnections((_error, count) => resolve(count))
    })
    t.equal(connections, 0)
  })
}

t.test('refuses weak keys before HTTP, on every version of Node', async (t) => {
  const { tls, refused } = createGate()
  const port = await listen(t, createGatedServer(tls))
  await t.rejects(
    ask({ port, ...(await issueClient({ keys: 'rsa-1024' })), ciphers: 'DEFAULT:@SECLEVEL=0' }),
  )
  t.match((await refused).error.code, /KEY_WEAK|UNTRUSTED/u)
})

t.test('explains the handshakes that ended before a certificate was judged', async (t) => {
  for (const [name, connection, code, reason] of [
    [
      'TLS 1.2',
      { maxVersion: 'TLSv1.2' },
      'ERR_PEERGATE_PROTOCOL_UNSUPPORTED',
      'ERR_SSL_UNSUPPORTED_PROTOCOL',
    ],
    [
      'no certificate',
      {},
      'ERR_PEERGATE_CERTIFICATE_MISSING',
      'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE',
    ],
    [
      'a client that does not trust the server',
      { ca: pki.authority('batch-client-ca').certificate },
      'ERR_PEERGATE_HANDSHAKE_FAILED',
      undefined,
    ],
  ] as const) {
    const { tls, refused } = createGate()
    const port = await listen(t, createGatedServer(tls))
    await t.rejects(ask({ port, ...anonymous, ...connection }))
    const refusal = await refused
    t.equal(refusal.error.code, code, name)
    t.equal(refusal.reason, reason ?? refusal.reason, name)
    t.match(refusal.error.detail, `the handshake ended with ${refusal.reason}: `)
    t.ok(Object.isFrozen(refusal))
  }
})

t.test('explains a connection that the server’s own code cut off', async (t) => {
  const { tls, refused } = createGate()
  const server = createGatedServer(tls)
  server.on('connection', (socket) => socket.destroy(new Error('not now')))
  await t.rejects(ask({ port: await listen(t, server), ...anonymous }))
  const { error, reason } = await refused
  t.strictSame([error.code, reason], ['ERR_PEERGATE_HANDSHAKE_FAILED', 'not now'])
})

for (const [name, onRefused] of [
  [
    'throws',
    (): void => {
      throw new TypeError('no log')
    },
  ],
  [
    'returns a promise that rejects',
    async (): Promise<void> => {
      await Promise.reject(new TypeError('no log'))
    },
  ],
  [
    'throws what has no text',
    (): void => {
      throw Object.create(null)
    },
  ],
] as const) {
  t.test(`warns of an onRefused that ${name}, and goes on`, async (t) => {
    const warned = once(process, 'warning') as Promise<[Error & { code: string }]>
    const tls = createTlsGate({ ...options, onRefused })
    const port = await listen(t, createGatedServer(tls))
    await t.rejects(ask({ port, ...(await issueClient({ ca: true })) }))
    const [warning] = await warned
    t.equal(warning.code, 'PEERGATE_CALLBACK_THREW')
    t.match(warning.message, /^onRefused threw (?:TypeError: no log|\[Object: null prototype\])/u)
    t.equal(await ask({ port, ...(await issueClient()) }), 'tls payments')
  })
}

t.test('refuses without an onRefused just the same', async (t) => {
  const tls = createTlsGate(options)
  const port = await listen(t, createGatedServer(tls))
  await t.rejects(ask({ port, ...(await issueClient({ ca: true })) }))
  await t.rejects(ask({ port, ...anonymous }))
})

t.test('keeps nothing of a connection that is gone', async (t) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { tls } = createGate()
  const source = socketSource({ tls })
  let peer: WeakRef<object> | undefined
  const server = createServerOf('http/1.1', tls.serverOptions, (request) => {
    peer = new WeakRef(acceptedPeer(source, request))
    return 'seen'
  })
  tls.attach(server)
  const port = await listen(t, server)
  t.equal(await ask({ port, ...(await issueClient()) }), 'seen')
  for (let turn = 0; turn < 50 && peer?.deref() !== undefined; turn += 1) {
    await wait(20)
    collect()
  }
  t.equal(peer?.deref(), undefined)
})
