import { createSecureContext } from 'node:tls'
import { socketSource } from '@peergate/core'
import t from 'tap'
import { faultOf } from '../../support/fault-of.js'
import { readPeer } from '../../support/read-peer.js'
import { answerTo, createServerOf, listen } from '../../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../../support/tls-setting.js'

const { pki, options, createGate, issueClient } = await createTlsSetting()
const client = await issueClient()
const batchClient = await issueClient({ issuer: 'batch-client-ca' })

/** For clients that ask for a name which the server's certificate does not bear. */
const checkServerIdentity = (): undefined => undefined

t.test('F7 the server name decides nothing', async (t) => {
  const context = {
    cert: String(options.server.cert),
    key: String(options.server.key),
    ca: pki.authority('batch-client-ca').certificate,
  }

  t.test('a context for a name is not used', async (t) => {
    const { tls, refusal } = createGate()
    const source = socketSource({ tls })
    const server = createServerOf('http/1.1', tls.serverOptions, (request) =>
      readPeer(source, request),
    )
    server.addContext('other.example', context)
    tls.attach(server)
    const port = await listen(t, server)
    for (const servername of ['other.example', 'OTHER.example.', 'localhost', '']) {
      const asking = { port, ...client, servername, checkServerIdentity }
      t.equal(await answerTo(asking), 'tls payments', `as ${servername}`)
    }
    const foreign = { port, ...batchClient, servername: 'other.example', checkServerIdentity }
    t.equal(await answerTo(foreign), 'no answer')
    t.equal((await refusal())?.reason, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
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
    const { tls, refusal } = createGate()
    const server = createGatedServer(tls, {
      SNICallback: (_name, done) => done(null, createSecureContext(context)),
    })
    const port = await listen(t, server)
    t.equal(await answerTo({ port, ...batchClient }), 'no answer')
    const refused = await refusal()
    t.equal(refused?.error.code, 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED')
    t.match(refused?.error.detail, 'SNICallback')
  })
})
