import { webcrypto } from 'node:crypto'
// oxlint-disable-next-line import/no-unassigned-import -- the library needs it before it loads
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'

/** A certificate that no CA should issue. */
export interface OddCertificate {
  readonly subject?: string
  readonly ca?: boolean
  /** The key usage keyCertSign. */
  readonly signs?: boolean
  /** A key on a curve of Edwards. */
  readonly edwards?: boolean
  /** The key usage keyEncipherment alone. */
  readonly enciphers?: boolean
  readonly hosts?: readonly string[]
  /** URIs. */
  readonly names?: readonly string[]
  /** The extended key usage; all without it. */
  readonly purposes?: readonly string[]
}

/** PEM of a certificate that signed itself. */
export async function issueOdd({
  subject = 'CN=odd',
  ca = false,
  signs = false,
  edwards = false,
  enciphers = false,
  hosts = [],
  names = [],
  purposes = [],
}: OddCertificate): Promise<string> {
  const algorithm = edwards
    ? { name: 'Ed25519' }
    : { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const made: unknown = await webcrypto.subtle.generateKey(algorithm as never, true, [
    'sign',
    'verify',
  ])
  const keys = made as webcrypto.CryptoKeyPair
  const { digitalSignature, keyCertSign, keyEncipherment } = x509.KeyUsageFlags
  const usual = enciphers ? keyEncipherment : digitalSignature
  const alternatives: x509.JsonGeneralNames = [
    ...hosts.map((value) => ({ type: 'dns' as const, value })),
    ...names.map((value) => ({ type: 'url' as const, value })),
  ]
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: '01',
      subject,
      issuer: 'CN=odd',
      notBefore: new Date(Date.now() - 3_600_000),
      notAfter: new Date(Date.now() + 3_600_000),
      signingAlgorithm: algorithm as never,
      publicKey: keys.publicKey as never,
      signingKey: keys.privateKey as never,
      extensions: [
        new x509.BasicConstraintsExtension(ca, undefined, true),
        new x509.KeyUsagesExtension(signs ? keyCertSign : usual, true),
        ...(alternatives.length === 0
          ? []
          : [new x509.SubjectAlternativeNameExtension(alternatives)]),
        ...(purposes.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension([...purposes])]),
      ],
    },
    webcrypto,
  )
  return certificate.toString('pem')
}
