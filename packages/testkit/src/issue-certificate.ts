import { KeyObject, webcrypto } from 'node:crypto'
import type { KeyAlgorithm, LeafUsage } from './pki-declaration.js'
import type { ParsedLeaf } from './parse-pki-declaration.js'
import * as x509 from './x509.js'

/** One who is certified, and who certifies others where it is an authority. */
export interface Principal {
  readonly subject: x509.Name
  readonly keys: CryptoKeyPair
  /** The subject key identifier, in hexadecimal. */
  readonly keyIdentifier: string
}

export interface CertificateContents {
  readonly issuer: Principal
  readonly holder: Principal
  readonly notBefore: Date
  readonly notAfter: Date
  readonly extensions: readonly x509.Extension[]
}

/** An X.509 v3 certificate (RFC 5280) with a random serial number of 128 bits. */
export async function issueCertificate({
  issuer,
  holder,
  notBefore,
  notAfter,
  extensions,
}: CertificateContents): Promise<x509.X509Certificate> {
  return await x509.X509CertificateGenerator.create({
    subject: holder.subject,
    issuer: issuer.subject,
    publicKey: holder.keys.publicKey,
    signingKey: issuer.keys.privateKey,
    notBefore,
    notAfter,
    extensions: [
      ...extensions,
      new x509.SubjectKeyIdentifierExtension(holder.keyIdentifier),
      new x509.AuthorityKeyIdentifierExtension(issuer.keyIdentifier),
    ],
  })
}

/** What makes a certificate that of an authority. */
export function authorityExtensions(): x509.Extension[] {
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags
  return [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
  ]
}

/** What a leaf may be used for and the names that it goes by. */
export function leafExtensions(leaf: ParsedLeaf): x509.Extension[] {
  const { digitalSignature, keyCertSign } = x509.KeyUsageFlags
  const purposes = extendedKeyUsages[leaf.usage]
  const names = alternativeNames(leaf)
  return [
    new x509.BasicConstraintsExtension(leaf.ca, undefined, true),
    leaf.ca
      ? new x509.KeyUsagesExtension(digitalSignature | keyCertSign, true)
      : new x509.KeyUsagesExtension(digitalSignature, true),
    ...(purposes.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension([...purposes])]),
    ...(names.length === 0
      ? []
      : // RFC 5280 §4.2.1.6: critical where the subject is empty.
        [new x509.SubjectAlternativeNameExtension(names, leaf.subject.toString() === '')]),
  ]
}

const { serverAuth, clientAuth } = x509.ExtendedKeyUsage

const extendedKeyUsages: Readonly<Record<LeafUsage, readonly string[]>> = {
  server: [serverAuth],
  client: [clientAuth],
  both: [serverAuth, clientAuth],
  none: [],
}

function alternativeNames({ dns, ip, uri, email, upn }: ParsedLeaf): x509.JsonGeneralNames {
  return [
    ...dns.map((value) => ({ type: 'dns', value }) as const),
    ...ip.map((value) => ({ type: 'ip', value }) as const),
    ...uri.map((value) => ({ type: 'url', value }) as const),
    ...email.map((value) => ({ type: 'email', value }) as const),
    ...upn.map((value) => ({ type: 'upn', value }) as const),
  ]
}

export async function generateKeys(algorithm: KeyAlgorithm): Promise<CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(keyParameters[algorithm], true, ['sign', 'verify'])
}

/** The identifier of RFC 5280 §4.2.1.2 (1) for these keys, in hexadecimal. */
export async function keyIdentifier({ publicKey }: CryptoKeyPair): Promise<string> {
  return (await x509.SubjectKeyIdentifierExtension.create(publicKey)).keyId
}

/** The private key as PEM text in PKCS #8. */
export function privateKeyPem({ privateKey }: CryptoKeyPair): string {
  return KeyObject.from(privateKey).export({ format: 'pem', type: 'pkcs8' }).toString()
}

const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: Uint8Array.of(1, 0, 1),
}

const keyParameters = {
  'ecdsa-p256': { name: 'ECDSA', namedCurve: 'P-256' },
  'ecdsa-p384': { name: 'ECDSA', namedCurve: 'P-384' },
  'rsa-1024': { ...rsa, modulusLength: 1024 },
  'rsa-2048': { ...rsa, modulusLength: 2048 },
} satisfies Readonly<
  Record<KeyAlgorithm, webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams>
>
