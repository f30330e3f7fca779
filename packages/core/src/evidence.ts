import type { PeerCertificate } from './certificate/asserted-facts.js'
import type { PeerGateError } from './errors.js'

/** How the certificate is known to belong to the peer, strongest first. */
export const assurances = ['tls', 'proxy-verified', 'proxy-asserted'] as const

/**
 * How the certificate is known to belong to the peer, strongest first: `tls` (this process verified
 * the handshake), `proxy-verified` (a trusted proxy says that it verified it), `proxy-asserted` (a
 * trusted proxy forwarded it and nobody says that it was verified).
 */
export type Assurance = (typeof assurances)[number]

/** Whether `assurance` is `minimum` or stronger. What is none of the names is neither. */
export function isAssured(assurance: Assurance, minimum: Assurance): boolean {
  const rank = assurances.indexOf(assurance)
  return rank !== -1 && rank <= assurances.indexOf(minimum)
}

/**
 * What a source proved about a peer: frozen, and the same object as long as the source remembers it,
 * which makes it the key under which everything derived from it is remembered.
 */
export interface PeerEvidence {
  /** `socket`, or the name of a contract. */
  readonly source: string
  readonly assurance: Assurance
  readonly certificate: PeerCertificate
  readonly trustSet: string | null
}

/** A sender without an identity whom a source lets in all the same; frozen. */
export interface AnonymousPeer {
  /** Why it has no identity. Only public routes answer it. */
  readonly refusal: PeerGateError
}
