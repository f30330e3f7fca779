import { X509Certificate } from 'node:crypto'
import { parseCertificate, socketSource } from '@peergate/core'
import t from 'tap'
import { faultOf } from '../../support/fault-of.js'
import { readPeer } from '../../support/read-peer.js'
import { answerTo, listen } from '../../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../../support/tls-setting.js'

const { pki, createGate, issueClient } = await createTlsSetting()

t.test('F14 a certificate is read strictly from its DER', async (t) => {
  const { der } = pki.leaf('server')
  const trailing = Buffer.concat([der, Buffer.of(0)])
  t.equal(new X509Certificate(trailing).raw.length, der.length, 'Node lets it pass')
  t.equal(faultOf(() => parseCertificate(trailing))?.code, 'ERR_PEERGATE_CERTIFICATE_MALFORMED')
  const socket = {
    encrypted: true,
    authorized: true,
    authorizationError: null,
    getProtocol: () => 'TLSv1.3',
    getPeerX509Certificate: () => ({ raw: trailing }),
  }
  t.equal(readPeer(socketSource(), { socket }), 'ERR_PEERGATE_CERTIFICATE_MALFORMED')
})

t.test('F16 a very large certificate is refused before HTTP', async (t) => {
  for (const [name, request, code] of [
    ['100 names', { dns: dnsNames(99) }, null],
    ['101 names', { dns: dnsNames(100) }, 'ERR_PEERGATE_CERTIFICATE_TOO_LARGE'],
    ['15 KiB', { uri: [longId(15 * 2 ** 10)] }, null],
    ['more than 16 KiB', { uri: [longId(16 * 2 ** 10)] }, 'ERR_PEERGATE_CERTIFICATE_TOO_LARGE'],
  ] as const) {
    const { tls, refusalCode } = createGate()
    const port = await listen(t, createGatedServer(tls))
    const answer = await answerTo({ port, ...(await issueClient(request)) })
    t.equal(answer, code === null ? 'tls payments' : 'no answer', name)
    if (code !== null) t.equal(await refusalCode(), code, name)
  }
})

function dnsNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${index}.example`)
}

function longId(length: number): string {
  return `spiffe://prod.example/${'a'.repeat(length)}`
}
