import type { RuleOutcome } from '../certificate/list-identities.js'

/** What one file holds. */
export interface InspectedFile {
  readonly file: string
  /** What the whole of it is. */
  readonly holds:
    | 'authorities'
    | 'certificate'
    | 'chain'
    | 'mixture'
    | 'nothing readable'
    | 'private key'
    | 'revocation lists'
  readonly items: readonly InspectedItem[]
  /** What is wrong with it as a whole. */
  readonly problems: readonly Problem[]
}

export type InspectedItem = InspectedCertificate | InspectedList | InspectedOther

/** Where a certificate may stand in a configuration. */
export type CertificateRole = 'client' | 'intermediate' | 'server' | 'trust anchor'

export interface InspectedCertificate {
  readonly type: 'certificate'
  /** Names as RFC 4514 writes them. */
  readonly subject: string
  readonly issuer: string
  readonly serialNumber: string
  /** RFC 3339. */
  readonly notBefore: string
  readonly notAfter: string
  /** SHA-256, as Node writes it. */
  readonly fingerprint256: string
  /** `EC, 256 bits` */
  readonly key: string
  readonly names: readonly string[]
  readonly roles: readonly CertificateRole[]
  /** What each identity rule takes from it; empty for a CA. */
  readonly identities: readonly RuleOutcome[]
  readonly problems: readonly Problem[]
}

export interface InspectedList {
  readonly type: 'revocation list'
  readonly issuer: string
  /** RFC 3339. */
  readonly thisUpdate: string
  readonly nextUpdate: string
  readonly revoked: number
  readonly problems: readonly Problem[]
}

interface InspectedOther {
  readonly type: 'other' | 'private key'
  /** What the PEM calls it. */
  readonly label: string
  readonly problems: readonly Problem[]
}

export interface Problem {
  readonly what: string
  readonly remedy: string
}
