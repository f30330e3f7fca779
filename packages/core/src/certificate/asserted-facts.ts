import type { CertificateFacts } from './certificate-facts.js'
import type { SubjectAlternativeName } from './subject-alternative-name.js'

/** What is known of a certificate that a proxy tells of and does not forward; frozen. */
export interface AssertedFacts {
  /** The names that the proxy tells of, in its order. */
  readonly subjectAlternativeNames: readonly SubjectAlternativeName[]
  /** SHA-256 of the DER, as Node writes it (`AB:CD:…`); null where the proxy does not tell. */
  readonly fingerprint256: string | null
  readonly subject: readonly []
  readonly issuer: null
  readonly serialNumber: null
  readonly notBefore: null
  readonly notAfter: null
  readonly keyUsage: null
  readonly extendedKeyUsage: null
  readonly basicConstraints: null
  readonly publicKey: null
}

/** A certificate that was read, or what a proxy asserts of one. */
export type PeerCertificate = AssertedFacts | CertificateFacts

/** Whether nothing but names and fingerprint is known: half a certificate is none. */
export function isAsserted(certificate: PeerCertificate): certificate is AssertedFacts {
  const { issuer, serialNumber, notBefore, notAfter } = certificate
  return issuer === null && serialNumber === null && notBefore === null && notAfter === null
}

export function createAssertedFacts({
  names,
  fingerprint256,
}: {
  readonly names: readonly SubjectAlternativeName[]
  readonly fingerprint256: string | null
}): AssertedFacts {
  return Object.freeze({
    subjectAlternativeNames: Object.freeze([...names]),
    fingerprint256,
    subject: Object.freeze<[]>([]),
    issuer: null,
    serialNumber: null,
    notBefore: null,
    notAfter: null,
    keyUsage: null,
    extendedKeyUsage: null,
    basicConstraints: null,
    publicKey: null,
  })
}
