import type { DistinguishedName } from './distinguished-name.js'
import type { KeyUsage } from './key-usage.js'
import type { PublicKeyFacts } from './public-key.js'
import type { SubjectAlternativeName } from './subject-alternative-name.js'

/** What a certificate says, read strictly from its DER (RFC 5280 §4.1); frozen. */
export interface CertificateFacts {
  readonly subject: DistinguishedName
  readonly issuer: DistinguishedName
  /** Upper-case hexadecimal, as Node's `X509Certificate` writes it. */
  readonly serialNumber: string
  /** Epoch milliseconds, inclusive. */
  readonly notBefore: number
  /** Epoch milliseconds, inclusive. */
  readonly notAfter: number
  /** SHA-256 of the exact DER, as Node writes it: `AB:CD:…`. */
  readonly fingerprint256: string
  /** In the order of the certificate; empty where the extension is absent. */
  readonly subjectAlternativeNames: readonly SubjectAlternativeName[]
  /** Null where the extension is absent (RFC 5280 §4.2.1.3). */
  readonly keyUsage: readonly KeyUsage[] | null
  /** Dotted object identifiers; null where the extension is absent (RFC 5280 §4.2.1.12). */
  readonly extendedKeyUsage: readonly string[] | null
  /** Null where the extension is absent (RFC 5280 §4.2.1.9). */
  readonly basicConstraints: BasicConstraints | null
  readonly publicKey: PublicKeyFacts
}

/** RFC 5280 §4.2.1.9. */
export interface BasicConstraints {
  readonly ca: boolean
  readonly pathLength: number | null
}
