import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { ConnectionOptions } from 'node:tls'
import t from 'tap'
import { answerTo, listen, open, sessionOf } from '../../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../../support/tls-setting.js'

const { createGate, anonymous, issueClient } = await createTlsSetting()

const unaccepted = [
  ['no certificate', anonymous, 'ERR_PEERGATE_CERTIFICATE_MISSING'],
  [
    'an untrusted certificate',
    await issueClient({ issuer: 'batch-client-ca' }),
    'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
  ],
  [
    'a forged certificate',
    await issueClient({ issuer: 'rogue-client-ca' }),
    'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
  ],
  [
    'an expired certificate',
    await issueClient({ validity: { from: '-2d', to: '-1d' } }),
    'ERR_PEERGATE_CERTIFICATE_EXPIRED',
  ],
  ['one that may sign others', await issueClient({ ca: true }), 'ERR_PEERGATE_CERTIFICATE_IS_CA'],
  [
    'one for servers',
    await issueClient({ usage: 'server' }),
    'ERR_PEERGATE_CERTIFICATE_PURPOSE_WRONG',
  ],
] as const

for (const mode of ['observe', 'enforce'] as const) {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const [name, client, code] of unaccepted) {
      t.test(
        `${mode}: a session of ${version} does not accept ${name} when it is resumed`,
        async (t) => {
          const { tls } = createGate({ mode, minVersion: 'TLSv1.2', resumption: { maxAge: 60 } })
          const port = await listen(t, createGatedServer(tls))
          const options = { ...client, port, minVersion: version, maxVersion: version }
          const session = await sessionOf(options)
          const resumed = { ...options, session }
          t.match(await answerTo(resumed), code)
          t.match(await answerTo({ ...resumed, ...(await issueClient()) }), code, 'nor for another')
          t.ok(await isResumed(resumed), 'it was resumed indeed')
        },
      )
    }

    t.test(`${mode}: a session of ${version} of an accepted peer is resumed`, async (t) => {
      const { tls } = createGate({ mode, minVersion: 'TLSv1.2', resumption: { maxAge: 60 } })
      const port = await listen(t, createGatedServer(tls))
      const options = { ...(await issueClient()), port, minVersion: version, maxVersion: version }
      const session = await sessionOf(options)
      t.equal(await answerTo({ ...options, session }), 'tls payments')
    })
  }

  t.test(
    `${mode}: who becomes trusted is accepted by a handshake, and not by a session`,
    async (t) => {
      const { tls } = createGate({ mode, resumption: { maxAge: 60 } })
      const port = await listen(t, createGatedServer(tls))
      const client = await issueClient()
      const options = { ...client, port }
      const { fingerprint256 } = new X509Certificate(client.cert)
      tls.setDenylist({ fingerprints: [fingerprint256] })
      const session = await sessionOf(options)
      t.match(await answerTo({ ...options, session }), 'ERR_PEERGATE_CERTIFICATE_REVOKED')
      tls.setDenylist({})
      t.equal(await answerTo({ ...options, session }), 'tls payments')
      t.notOk(await isResumed({ ...options, session }), 'a session of another trust is none')
    },
  )
}

async function isResumed(options: ConnectionOptions): Promise<boolean> {
  const socket = open(options)
  await once(socket, 'secureConnect')
  const isReused = socket.isSessionReused()
  socket.end()
  await text(socket).catch(() => '')
  return isReused
}
