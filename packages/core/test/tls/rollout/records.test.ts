import { X509Certificate } from 'node:crypto'
import { onGateEvent, parseCertificate, socketSource } from '@peergate/core'
import type { GateEvent } from '@peergate/core'
import { loadClientCas } from '#core/tls/client-cas.js'
import { unverifiedPeerOf } from '#core/tls/unverified-peer.js'
import t from 'tap'
import { answerTo, createServerOf, listen } from '../../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../../support/tls-setting.js'

const { createGate, anonymous, issueClient, pki } = await createTlsSetting()
const client = await issueClient()
const ca = pki.authority('payments-client-ca').certificate

for (const mode of ['observe', 'enforce', 'strict'] as const) {
  t.test(`${mode}: an accepted connection is told of with what verified it`, async (t) => {
    const events: GateEvent[] = []
    const subscription = onGateEvent((event) => events.push(event), {
      types: ['connection-accepted'],
      gate: 'edge',
    })
    t.teardown(() => subscription.stop())
    const { tls } = createGate({ mode, name: 'edge' })
    const port = await listen(t, createGatedServer(tls))
    t.equal(await answerTo({ ...client, port }), 'tls payments')
    const { raw } = new X509Certificate(client.cert)
    t.match(events, [
      {
        type: 'connection-accepted',
        gate: 'edge',
        mode,
        trustSet: 'payments',
        authorities: [new X509Certificate(ca).fingerprint256],
        certificate: { fingerprint256: parseCertificate(raw).fingerprint256 },
        connection: { remoteAddress: '127.0.0.1', protocol: 'TLSv1.3', isResumed: false },
      },
    ])
  })
}

for (const mode of ['observe', 'enforce'] as const) {
  for (const [name, credentials, isOfConfiguredCa] of [
    ['no certificate', anonymous, null],
    ['a forged certificate', await issueClient({ issuer: 'rogue-client-ca' }), false],
    ['one of an unknown CA', await issueClient({ issuer: 'batch-client-ca' }), false],
    ['one that expired', await issueClient({ validity: { from: '-2d', to: '-1d' } }), true],
    ['one that may sign others', await issueClient({ ca: true }), true],
  ] as const) {
    t.test(`${mode}: says of ${name} whether a configured CA signed it`, async (t) => {
      const seen: unknown[] = []
      const subscription = onGateEvent(
        ({ isEnforced, unverified }) =>
          seen.push(
            isEnforced,
            unverified?.isOfConfiguredCa ?? null,
            unverified?.certificate.subject,
          ),
        { types: ['handshake-refused'] },
      )
      t.teardown(() => subscription.stop())
      const { tls } = createGate({ mode })
      const port = await listen(t, createGatedServer(tls))
      await answerTo({ ...credentials, port })
      const subject = isOfConfiguredCa === null ? undefined : 'CN=reader'
      t.strictSame(seen, [false, isOfConfiguredCa, subject])
    })
  }
}

t.test('what a peer claims is known to its source as long as it is not accepted', async (t) => {
  const { tls } = createGate({ mode: 'observe' })
  const source = socketSource({ tls })
  const server = createServerOf('http/1.1', tls.serverOptions, (request) =>
    JSON.stringify(source.unverifiedPeerOf?.(request)?.isOfConfiguredCa ?? null),
  )
  tls.attach(server)
  const port = await listen(t, server)
  t.match(await answerTo({ ...client, port }), 'null', 'of the accepted nothing is unverified')
  t.match(await answerTo({ ...(await issueClient({ ca: true })), port }), 'true')
  const { fingerprint256 } = new X509Certificate(client.cert)
  tls.setDenylist({ fingerprints: [fingerprint256] })
  t.match(await answerTo({ ...client, port }), 'true')
})

t.test('nobody vouches for what OpenSSL cannot read', (t) => {
  const certificate = parseCertificate(new X509Certificate(client.cert).raw)
  const clientCas = loadClientCas('clientCas', { payments: ca }, { mayEndBelowRoots: false })
  const describe = unverifiedPeerOf({ certificate, der: new Uint8Array() }, clientCas)
  t.match(describe(), { isOfConfiguredCa: false, certificate: { subject: 'CN=reader' } })
  t.equal(describe(), describe(), 'it is described once')
  t.match(unverifiedPeerOf({ certificate, der: new X509Certificate(client.cert).raw }, null)(), {
    isOfConfiguredCa: false,
  })
  t.end()
})
