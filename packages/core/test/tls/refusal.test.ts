import { createServer } from 'node:net'
import t from 'tap'
import { codeOfVerdict, explainHandshakeFailure, verdictOf } from '#core/tls/refusal.js'
import type { PeerRefusal } from '#core/tls/refusal.js'
import {
  anonymous,
  issue,
  otherClient,
  refusedCertificates,
  strict,
} from '../support/failing-clients.js'
import { speak, startRefusingServer } from '../support/refusing-server.js'
import { ask, open } from '../support/tls-connection.js'

/** For clients that ask for a name which the server's certificate does not bear. */
const checkServerIdentity = (): undefined => undefined

/** The first bytes of a client of this Node. */
const clientHello = await new Promise<Buffer>((resolve) => {
  const server = createServer((socket) => {
    socket.once('data', (bytes: Buffer) => {
      resolve(bytes)
      socket.destroy()
      server.close()
    })
  })
  server.listen(0, '127.0.0.1', () => {
    open({ port: (server.address() as { port: number }).port }).on('error', () => undefined)
  })
})

/** What was chosen when the certificate was missed. */
const ciphers = { 'TLSv1.2': null, 'TLSv1.3': 'TLS_AES_256_GCM_SHA384' } as const

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  const versions = { minVersion: version, maxVersion: version }

  t.test(`explains in ${version} why a certificate did not verify`, async (t) => {
    for (const [name, client, code, reason] of refusedCertificates) {
      const { port, failed, refused } = await startRefusingServer(t, { ...strict, ...versions })
      await t.rejects(ask({ port, ...client }))
      const refusal = await refused
      t.equal(refusal?.error.code, code, name)
      t.match(
        refusal,
        { reason, remoteAddress: '127.0.0.1', servername: 'localhost', protocol: null },
        name,
      )
      t.equal(refusal?.unverifiedCertificate, null)
      const { failure, socket } = await failed
      t.equal(refusal?.error.cause, failure)
      t.equal(socket.getPeerCertificate(), null, 'Node keeps nothing of the certificate')
      t.match(refusal?.error.detail, new RegExp(`^the handshake ended with ${reason}: .+; `, 'u'))
    }
  })

  t.test(`explains in ${version} that there was no certificate`, async (t) => {
    const { port, refused } = await startRefusingServer(t, { ...strict, ...versions })
    await t.rejects(ask({ port, ...anonymous }))
    const { error, ...rest } = (await refused) as PeerRefusal
    t.equal(error.code, 'ERR_PEERGATE_CERTIFICATE_MISSING')
    t.strictSame(rest, {
      reason: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE',
      remoteAddress: '127.0.0.1',
      servername: 'localhost',
      protocol: version,
      cipher: ciphers[version],
      isResumed: false,
      unverifiedCertificate: null,
    })
  })

  t.test(`explains in ${version} what the client says of the server certificate`, async (t) => {
    for (const [alert, detail] of [
      [42, /ALERT_BAD_CERTIFICATE: the client refused the server certificate;/u],
      [43, /ALERT_UNSUPPORTED_CERTIFICATE: .+serverAuth$/u],
      [44, /ALERT_CERTIFICATE_REVOKED: the client refused the server certificate as revoked;/u],
      [45, /ALERT_CERTIFICATE_EXPIRED: the client refused the server certificate as expired;/u],
      [46, /ALERT_CERTIFICATE_UNKNOWN: the client refused the server certificate;/u],
      [48, /ALERT_UNKNOWN_CA: the client refused the server certificate;/u],
      [40, /ALERT_HANDSHAKE_FAILURE: the client refused what the server chose;/u],
      [80, /ALERT_INTERNAL_ERROR: the client gave up;/u],
      [50, /ALERT_DECODE_ERROR: the handshake failed in a way that has no explanation here;/u],
    ] as const) {
      const { port, refused } = await startRefusingServer(t, { ...strict, ...versions })
      speak(port, (socket) => {
        socket.write(clientHello)
        socket.once('data', () => socket.write(Buffer.of(21, 3, 3, 0, 2, 2, alert)))
      })
      const refusal = await refused
      t.equal(refusal?.error.code, 'ERR_PEERGATE_HANDSHAKE_FAILED')
      t.match(refusal?.error.detail, detail)
      t.match(refusal, {
        remoteAddress: '127.0.0.1',
        servername: 'localhost',
        protocol: version,
        unverifiedCertificate: null,
      })
    }
  })
}

t.test('explains why client and server could not agree', async (t) => {
  const client = await issue()
  const modern = { minVersion: 'TLSv1.3' } as const
  for (const [options, connection, code, reason] of [
    [
      modern,
      { maxVersion: 'TLSv1.2' },
      'ERR_PEERGATE_PROTOCOL_UNSUPPORTED',
      'ERR_SSL_UNSUPPORTED_PROTOCOL',
    ],
    [
      { ...modern, ciphers: 'TLS_AES_256_GCM_SHA384' },
      { ciphers: 'TLS_AES_128_GCM_SHA256' },
      'ERR_PEERGATE_HANDSHAKE_FAILED',
      'ERR_SSL_NO_SHARED_CIPHER',
    ],
    [
      { ...modern, ecdhCurve: 'P-521' },
      { ecdhCurve: 'P-384' },
      'ERR_PEERGATE_HANDSHAKE_FAILED',
      'ERR_SSL_NO_SUITABLE_KEY_SHARE',
    ],
    [
      modern,
      { sigalgs: 'rsa_pss_rsae_sha256' },
      'ERR_PEERGATE_HANDSHAKE_FAILED',
      'ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM',
    ],
    [
      { ALPNProtocols: ['h2'] },
      { ALPNProtocols: ['other'] },
      'ERR_PEERGATE_HANDSHAKE_FAILED',
      'ERR_SSL_NO_APPLICATION_PROTOCOL',
    ],
  ] as const) {
    const { port, refused } = await startRefusingServer(t, { ...strict, ...options })
    await t.rejects(ask({ port, ...client, ...connection }))
    const refusal = await refused
    t.equal(refusal?.error.code, code, reason)
    t.equal(refusal?.reason, reason)
    t.equal(refusal?.remoteAddress, '127.0.0.1')
    t.match(refusal?.protocol, /^TLSv1\.[23]$/u)
  }
})

t.test('explains what is not TLS, and names no protocol for it', async (t) => {
  for (const [bytes, reason] of [
    ['GET / HTTP/1.1\r\n\r\n', 'ERR_SSL_HTTP_REQUEST'],
    ['CONNECT a.example:443 HTTP/1.1\r\n\r\n', 'ERR_SSL_HTTPS_PROXY_REQUEST'],
    ['PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n', 'ERR_SSL_WRONG_VERSION_NUMBER'],
    ['\r\n\r\n\0\r\nQUIT\n '.padEnd(28), 'ERR_SSL_WRONG_VERSION_NUMBER'],
  ] as const) {
    const { port, refused } = await startRefusingServer(t, strict)
    speak(port, (socket) => socket.write(bytes))
    const refusal = await refused
    t.equal(refusal?.error.code, 'ERR_PEERGATE_CONNECTION_NOT_TLS')
    t.match(refusal, { reason, remoteAddress: '127.0.0.1', servername: null, protocol: null })
  }
})

t.test('explains a client that does not go on', async (t) => {
  for (const [bytes, servername] of [
    [Buffer.of(), null],
    [clientHello.subarray(0, 40), null],
    [clientHello, 'localhost'],
  ] as const) {
    const { port, refused } = await startRefusingServer(t, { ...strict, handshakeTimeout: 100 })
    speak(port, (socket) => socket.write(bytes))
    const refusal = await refused
    t.equal(refusal?.error.code, 'ERR_PEERGATE_HANDSHAKE_FAILED')
    t.equal(refusal?.reason, 'ERR_TLS_HANDSHAKE_TIMEOUT')
    t.match(refusal, { remoteAddress: '127.0.0.1', servername, protocol: null })
  }
})

t.test('a connection that is closed before its ClientHello is abandoned', async (t) => {
  for (const close of ['end', 'resetAndDestroy'] as const) {
    const { port, failed, refused } = await startRefusingServer(t, strict)
    speak(port, (socket) => socket[close]())
    t.equal((await failed).failure.code, 'ECONNRESET')
    t.equal(await refused, null, close)
  }
})

t.test('a connection that is closed after its first byte is refused', async (t) => {
  for (const [bytes, servername] of [
    [clientHello.subarray(0, 1), null],
    [clientHello.subarray(0, 40), null],
    [clientHello, 'localhost'],
  ] as const) {
    const { port, refused } = await startRefusingServer(t, strict)
    speak(port, (socket) => socket.end(bytes))
    const refusal = await refused
    t.equal(refusal?.error.code, 'ERR_PEERGATE_HANDSHAKE_FAILED')
    t.match(refusal, { reason: 'ECONNRESET', remoteAddress: '127.0.0.1', servername })
  }
})

t.test('what cannot be told from a refusal is one', async (t) => {
  const { port, failed } = await startRefusingServer(t, strict)
  speak(port, (socket) => socket.end())
  const { failure, socket } = await failed
  t.equal(explainHandshakeFailure(failure, socket), null)
  const own = new Error('not now')
  t.equal(explainHandshakeFailure(own, socket)?.reason, 'not now')
  Object.defineProperty(socket, '_parent', { value: null })
  const refusal = explainHandshakeFailure(failure, socket)
  t.match(refusal, { reason: 'ECONNRESET', remoteAddress: null, protocol: null })
})

t.test('says what this clock says where a certificate is out of time', async (t) => {
  const { port, failed } = await startRefusingServer(t, strict)
  await t.rejects(ask({ port, ...(await issue({ validity: { from: '-2d', to: '-1d' } })) }))
  const { failure, socket } = await failed
  const refusal = explainHandshakeFailure(failure, socket, Date.UTC(2026, 10, 23))
  t.equal(
    refusal?.error.detail,
    'the handshake ended with CERT_HAS_EXPIRED: a certificate of the client’s chain has expired; ' +
      'renew it, or correct the clock of this host; this clock says 2026-11-23T00:00:00.000Z',
  )
})

t.test('quotes a server name that is no plain name', async (t) => {
  const { port, refused } = await startRefusingServer(t, strict)
  await t.rejects(ask({ port, ...otherClient, servername: 'a b\n', checkServerIdentity }))
  t.equal((await refused)?.servername, String.raw`"a b\n"`)
})

t.test('a verdict is absent only where it is null', (t) => {
  t.equal(verdictOf(null), null)
  t.equal(verdictOf('CERT_HAS_EXPIRED'), 'CERT_HAS_EXPIRED')
  for (const other of [undefined, false, 0, {}]) t.equal(verdictOf(other), 'UNSPECIFIED')
  t.equal(codeOfVerdict('CERT_HAS_EXPIRED'), 'ERR_PEERGATE_CERTIFICATE_EXPIRED')
  t.equal(codeOfVerdict('A_RULE_OF_TOMORROW'), 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED')
  t.end()
})
