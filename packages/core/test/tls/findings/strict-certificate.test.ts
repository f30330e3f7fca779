import { X509Certificate } from 'node:crypto'
import { parseCertificate, socketSource } from '@peergate/core'
import t from 'tap'
import { extension } from '../../support/certificate-encoder.js'
import { objectIdentifier, sequence } from '../../support/der-encoder.js'
import { encodeSession } from '../../support/encoded-session.js'
import { faultOf } from '../../support/fault-of.js'
import { commonName, createAuthority, issueLeaf } from '../../support/own-authority.js'
import type { OwnAuthority } from '../../support/own-authority.js'
import { readPeer } from '../../support/read-peer.js'
import { answerTo, listen } from '../../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../../support/tls-setting.js'

const { pki, createGate, anonymous, issueClient } = await createTlsSetting()

/** Of clients, as an extension. */
const purpose = extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.2')))

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
    getSession: () => encodeSession(trailing),
  }
  t.equal(readPeer(socketSource(), { socket }), 'ERR_PEERGATE_CERTIFICATE_MALFORMED')
})

t.test('F14 a certificate is no other that it bears', async (t) => {
  const [one, other] = ['One', 'Other'].map((text) =>
    createAuthority({ subject: commonName(text) }),
  ) as [OwnAuthority, OwnAuthority]
  const borne = Buffer.from(`\n${issueLeaf(other, purpose).cert}`)
  const bearer = issueLeaf(one, purpose, extension('1.2.3.4', borne))
  const { raw } = new X509Certificate(bearer.cert)
  t.equal(new X509Certificate(raw).issuer, 'CN=Other', 'Node opens the one inside')
  const { tls } = createGate({
    clientCas: { one: one.loaded.x509.toString(), other: other.loaded.x509.toString() },
  })
  const port = await listen(t, createGatedServer(tls))
  t.equal(await answerTo({ port, ...anonymous, ...bearer }), 'tls one')
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
