import type { Assurance } from './assurance.js'
import type { PeerCertificate } from './certificate/asserted-facts.js'
import type { PeerGateError } from './errors.js'

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
