import { X509Certificate } from 'node:crypto'
import type { TlsOptions } from 'node:tls'
import { mintPki } from '@peergate/testkit'
import type { LeafRequest } from '@peergate/testkit'

const purpose = 'A part of the tests of refusals.'
const pki = await mintPki({
  authorities: {
    'server-ca': { purpose, subject: 'CN=Server CA' },
    'client-ca': { purpose, subject: 'CN=Client CA' },
    intermediate: { purpose, subject: 'CN=Intermediate', issuer: 'client-ca' },
    'other-ca': { purpose, subject: 'CN=Other CA' },
    'other-intermediate': { purpose, subject: 'CN=Other Intermediate', issuer: 'other-ca' },
    'rogue-ca': { purpose, subject: 'CN=Client CA', keyIdentifierOf: 'client-ca' },
    'expired-ca': {
      purpose,
      subject: 'CN=Expired CA',
      issuer: 'client-ca',
      validity: { from: '-2d', to: '-1d' },
    },
  },
  leaves: {
    server: {
      purpose,
      issuer: 'server-ca',
      subject: 'CN=localhost',
      usage: 'server',
      dns: ['localhost'],
    },
  },
})

const { certificate: cert, key } = pki.leaf('server')
/** What a strict server needs besides its strictness. */
export const strict: TlsOptions = { cert, key, ca: pki.authority('client-ca').certificate }
/** What a client trusts, and nothing to prove itself with. */
export const anonymous = { ca: pki.authority('server-ca').certificate }
/** The name of every client. */
export const uri = 'spiffe://prod.example/ns/payments/sa/worker'

/** A client of the client CA, with `request` instead of its parts. */
export async function issue(request: Partial<LeafRequest> = {}) {
  const leaf = { issuer: 'client-ca', subject: 'CN=worker,O=Example', usage: 'client' } as const
  const { certificate, key } = await pki.issue({ ...leaf, uri: [uri], ...request })
  return { ...anonymous, cert: certificate, key }
}

/** The client with the last byte of its certificate's signature changed. */
function corrupt(client: { readonly ca: string; readonly cert: string; readonly key: string }) {
  const der = Buffer.from(new X509Certificate(client.cert).raw)
  der.writeUInt8(der.readUInt8(der.length - 1) ^ 1, der.length - 1)
  const lines = der.toString('base64').replaceAll(/.{1,64}/gu, '$&\n')
  return {
    ...client,
    cert: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
  }
}

/** A client of a CA that the server does not know. */
export const otherClient = await issue({ issuer: 'other-ca' })
const untrusted = 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED'

/** Every client whose certificate does not verify: with the code, and the verdict of OpenSSL. */
export const refusedCertificates = [
  ['an unknown CA', otherClient, untrusted, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [
    'no intermediate',
    await issue({ issuer: 'intermediate', chain: false }),
    untrusted,
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ],
  [
    'a chain to an unknown CA',
    await issue({ issuer: 'other-intermediate' }),
    untrusted,
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  ],
  [
    'an unknown root',
    { ...otherClient, cert: otherClient.cert + pki.authority('other-ca').certificate },
    untrusted,
    'SELF_SIGNED_CERT_IN_CHAIN',
  ],
  ['a forged CA', await issue({ issuer: 'rogue-ca' }), untrusted, 'CERT_SIGNATURE_FAILURE'],
  ['a broken signature', corrupt(await issue()), untrusted, 'CERT_SIGNATURE_FAILURE'],
  [
    'an expired certificate',
    await issue({ validity: { from: '-2d', to: '-1d' } }),
    'ERR_PEERGATE_CERTIFICATE_EXPIRED',
    'CERT_HAS_EXPIRED',
  ],
  [
    'an expired intermediate',
    await issue({ issuer: 'expired-ca' }),
    'ERR_PEERGATE_CERTIFICATE_EXPIRED',
    'CERT_HAS_EXPIRED',
  ],
  [
    'a certificate of tomorrow',
    await issue({ validity: { from: '+1d', to: '+2d' } }),
    'ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID',
    'CERT_NOT_YET_VALID',
  ],
  [
    'a server’s certificate',
    await issue({ usage: 'server' }),
    'ERR_PEERGATE_CERTIFICATE_PURPOSE_WRONG',
    'INVALID_PURPOSE',
  ],
] as const
