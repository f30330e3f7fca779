import { constants } from 'node:crypto'
import { Server } from 'node:tls'
import t from 'tap'
import { renegotiate } from '../../support/renegotiate.js'
import { answerTo, listen } from '../../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../../support/tls-setting.js'

const { createGate, createServerByHand, issueClient } = await createTlsSetting()
const client = await issueClient()
const minVersion = 'TLSv1.2'

t.test('F1 renegotiation is refused', async (t) => {
  t.test('where Node is left to itself it succeeds', async (t) => {
    const port = await listen(t, createServerByHand({ minVersion }))
    t.equal(await renegotiate({ port, ...client }), 'renegotiated')
  })

  t.test('OpenSSL refuses it, even where the application lets errors pass', async (t) => {
    const server = createGatedServer(createGate({ minVersion }).tls)
    server.on('clientError', () => undefined)
    const port = await listen(t, server)
    t.equal(await renegotiate({ port, ...client }), 'ERR_SSL_NO_RENEGOTIATION')
  })

  t.test('Node cuts it off, even where the context would let it pass', async (t) => {
    const { tls } = createGate({ minVersion })
    const server = createGatedServer(tls)
    const lax = { ...tls.serverOptions, secureOptions: constants.SSL_OP_NO_TICKET }
    Server.prototype.setSecureContext.call(server, lax)
    const port = await listen(t, server)
    t.match(await renegotiate({ port, ...client }), /^(?:closed|ECONNRESET|EPROTO)$/u)
  })

  t.test('a server refuses it that is not attached yet', async (t) => {
    const { serverOptions } = createGate({ minVersion }).tls
    const port = await listen(t, createServerByHand(serverOptions))
    t.equal(await renegotiate({ port, ...client }), 'ERR_SSL_NO_RENEGOTIATION')
  })

  t.test('TLS 1.2, which alone has it, is refused by default', async (t) => {
    const { tls, refusalCode } = createGate()
    const port = await listen(t, createGatedServer(tls))
    t.equal(await answerTo({ port, ...client, maxVersion: 'TLSv1.2' }), 'no answer')
    t.equal(await refusalCode(), 'ERR_PEERGATE_PROTOCOL_UNSUPPORTED')
  })

  t.test('without a TLS gate nobody is identified on TLS 1.2', async (t) => {
    const port = await listen(t, createServerByHand({ minVersion }))
    t.equal(
      await answerTo({ port, ...client, maxVersion: 'TLSv1.2' }),
      'ERR_PEERGATE_PROTOCOL_UNSUPPORTED',
    )
    t.equal(await answerTo({ port, ...client }), 'tls null')
  })
})
