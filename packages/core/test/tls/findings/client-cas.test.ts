import { X509Certificate, generateKeyPairSync } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { createTlsGate } from '@peergate/core'
import t from 'tap'
import { plainParts, signCertificate } from '../../support/certificate-encoder.js'
import { faultOf } from '../../support/fault-of.js'
import { pem } from '../../support/own-authority.js'
import { answerTo, listen } from '../../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../../support/tls-setting.js'

const { pki, options, createGate, anonymous, issueClient } = await createTlsSetting()
const client = await issueClient()
const ca = pki.authority('payments-client-ca')

t.test('F8 only the client CAs that were meant are trusted', async (t) => {
  t.test('a set that is empty or broken is an error at creation', (t) => {
    for (const [name, material, code] of [
      ['an empty text', '', 'ERR_PEERGATE_OPTION_INVALID'],
      ['no bytes', new Uint8Array(), 'ERR_PEERGATE_PEM_INVALID'],
      ['null', null, 'ERR_PEERGATE_OPTION_INVALID'],
      ['garbage', Buffer.from('garbage'), 'ERR_PEERGATE_PEM_INVALID'],
      ['DER', ca.der, 'ERR_PEERGATE_PEM_INVALID'],
      [
        'a block that is cut off in its base64',
        ca.certificate + ca.certificate.slice(0, -40),
        'ERR_PEERGATE_PEM_INVALID',
      ],
      [
        'a block that is cut off before its end',
        ca.certificate + ca.certificate.split('-----END')[0],
        'ERR_PEERGATE_PEM_INVALID',
      ],
      ['a leaf', client.cert, 'ERR_PEERGATE_CLIENT_CA_INVALID'],
      ['a leaf that signed itself', signItself(), 'ERR_PEERGATE_CLIENT_CA_INVALID'],
      ['a public root', newestRoot(), 'ERR_PEERGATE_CLIENT_CA_INVALID'],
      ['a missing file', '/no/such/ca.pem', 'ERR_PEERGATE_FILE_UNREADABLE'],
    ] as const) {
      const clientCas = { payments: material as string }
      t.equal(faultOf(() => createTlsGate({ ...options, clientCas }))?.code, code, name)
    }
    t.end()
  })

  t.test('a server is told them, and to ask for a certificate, in so many words', (t) => {
    const { requestCert, rejectUnauthorized, ca: trusted } = createGate().tls.serverOptions
    t.strictSame([requestCert, rejectUnauthorized, trusted], [true, true, [ca.certificate]])
    const hosts = { localhost: options }
    t.strictSame(createTlsGate({ hosts }).serverOptions.ca, [], 'not the empty text')
    t.end()
  })

  t.test('nobody else comes in', async (t) => {
    const port = await listen(t, createGatedServer(createGate().tls))
    t.equal(await answerTo({ port, ...client }), 'tls payments')
    t.equal(await answerTo({ port, ...anonymous }), 'no answer')
    const stranger = await issueClient({ issuer: 'batch-client-ca' })
    t.equal(await answerTo({ port, ...stranger }), 'no answer')
  })
})

/** A leaf that OpenSSL would take for the end of a chain. */
function signItself(): string {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const own = {
    issuer: plainParts.subject,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
  }
  return pem('CERTIFICATE', signCertificate(own, privateKey))
}

/** One that has ended would be refused for that alone. */
function newestRoot(): string | undefined {
  return rootCertificates.toSorted((one, other) => endOf(one) - endOf(other)).at(-1)
}

function endOf(pem: string): number {
  return Date.parse(new X509Certificate(pem).validTo)
}
