import { randomBytes } from 'node:crypto'
import { socketSource } from '@peergate/core'
import t from 'tap'
import { encodeSession } from '../../support/encoded-session.js'
import { faultOf } from '../../support/fault-of.js'
import { isNodeWithin } from '../../support/node-within.js'
import { readPeer } from '../../support/read-peer.js'
import { answerTo, listen, sessionOf } from '../../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../../support/tls-setting.js'
import { watchSockets } from '../../support/watch-sockets.js'

const { pki, createGate, createServerByHand, anonymous, issueClient } = await createTlsSetting()
const client = await issueClient()
const missing = 'ERR_PEERGATE_CERTIFICATE_MISSING'

/** Where a TLS 1.3 session without a certificate resumes as `authorized` (nodejs/node#35317). */
const isHoleOpen = isNodeWithin(
  ['20.0.0', '20.20.2'],
  ['22.0.0', '22.23.3'],
  ['24.0.0', '24.20.0'],
  ['26.0.0', '26.7.0'],
)

/** Where it does not any more (nodejs/node#64677). Between the two, nobody has measured it. */
const isHoleClosed = isNodeWithin(['24.21.0', '24.99.99'], ['26.8.0', '99.99.99'])

/** What a socket looks like where the hole is open. */
const authorizedWithoutCertificate = {
  encrypted: true,
  authorized: true,
  authorizationError: null,
  getProtocol: () => 'TLSv1.3',
  getSession: () => encodeSession(null),
}

t.test('F2 authorized without a certificate is no identity', async (t) => {
  t.test('not in a session that was resumed', async (t) => {
    const server = createServerByHand({ rejectUnauthorized: false })
    const sockets = watchSockets(server)
    const port = await listen(t, server)
    const session = await sessionOf({ port, ...anonymous })
    t.equal(await answerTo({ port, ...anonymous, session }), missing)
    t.strictSame(sockets[0], { authorized: false, reused: false })
    if (isHoleOpen) t.strictSame(sockets[1], { authorized: true, reused: true }, 'as Node says')
    if (isHoleClosed) t.strictSame(sockets[1], { authorized: false, reused: true }, 'as Node says')
  })

  t.test('not from a socket that says so', (t) => {
    const { tls } = createGate()
    const fake = { socket: authorizedWithoutCertificate }
    t.equal(readPeer(socketSource(), fake), missing)
    t.equal(readPeer(socketSource({ tls }), fake), 'ERR_PEERGATE_CONNECTION_NOT_CAPTURED')
    t.end()
  })

  t.test('nor is a certificate that OpenSSL did not verify', async (t) => {
    const port = await listen(t, createServerByHand({ rejectUnauthorized: false }))
    const expired = await issueClient({ validity: { from: '-2d', to: '-1d' } })
    t.equal(await answerTo({ port, ...expired }), 'ERR_PEERGATE_CERTIFICATE_EXPIRED')
    t.equal(await answerTo({ port, ...client }), 'tls null')
    const raw = pki.leaf('server').der
    for (const authorized of [false, undefined, 'yes', 1]) {
      const socket = {
        ...authorizedWithoutCertificate,
        authorized,
        getSession: () => encodeSession(raw),
      }
      t.equal(readPeer(socketSource(), { socket }), 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED')
    }
  })
})

t.test('F3 a session from another server lets nobody in', async (t) => {
  const { tls, refusalCode } = createGate()
  const shared = {
    ticketKeys: randomBytes(48),
    sessionIdContext: tls.serverOptions.sessionIdContext,
  }
  const lax = createServerByHand({ ...shared, requestCert: false })
  const session = await sessionOf({ port: await listen(t, lax), ...anonymous })

  t.test('not into a strict server set up by hand', async (t) => {
    const strict = createServerByHand(shared)
    const sockets = watchSockets(strict)
    const port = await listen(t, strict)
    const answer = await answerTo({ port, ...anonymous, session })
    if (isHoleOpen) t.strictSame(sockets, [{ authorized: true, reused: true }], 'as Node says')
    if (isHoleClosed) t.strictSame(sockets, [], 'as Node says')
    t.equal(answer, sockets.length === 0 ? 'no answer' : missing)
  })

  t.test('not into a server made for another trust', async (t) => {
    const { serverOptions } = createGate({
      clientCas: { batch: pki.authority('batch-client-ca').certificate },
    }).tls
    const { ticketKeys } = shared
    const own = { rejectUnauthorized: false, secureOptions: 0, ticketKeys }
    const here = createServerByHand({ ...tls.serverOptions, ...own })
    const there = createServerByHand({ ...serverOptions, ...own })
    const ofHere = await sessionOf({ port: await listen(t, here), ...client })
    const sockets = watchSockets(there)
    await answerTo({ port: await listen(t, there), ...client, session: ofHere })
    t.strictSame(sockets, [{ authorized: false, reused: false }])
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
    t.equal(await answerTo({ port, ...anonymous, session }), 'no answer')
    t.strictSame(sockets, [])
    t.equal(await refusalCode(), missing)
  })

  for (const [name, resumption, code] of [
    ['', {}, 'ERR_PEERGATE_SESSION_RESUMED'],
    [', where sessions are resumed', { resumption: { maxAge: 60 } }, missing],
  ] as const) {
    t.test(`nor does a pre-shared key${name}`, async (t) => {
      const { tls, refusalCode } = createGate(resumption)
      const psk = randomBytes(32)
      const server = createGatedServer(tls, { pskCallback: () => psk })
      const sockets = watchSockets(server)
      const port = await listen(t, server)
      const offer = {
        pskCallback: () => ({ identity: 'anybody', psk }),
        // Of TLS 1.3, the suite whose digest Node’s keys are for.
        ciphers: 'TLS_AES_128_GCM_SHA256',
        checkServerIdentity: () => undefined,
      }
      t.equal(await answerTo({ port, ...anonymous, ...offer }), 'no answer')
      if (isHoleOpen) t.strictSame(sockets, [{ authorized: true, reused: true }], 'as Node says')
      if (isHoleClosed) t.strictSame(sockets, [], 'as Node says')
      const untrusted = 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED'
      t.equal(await refusalCode(), sockets.length === 0 ? untrusted : code)
    })
  }
})
