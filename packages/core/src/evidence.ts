import type { CertificateFacts } from './certificate/certificate-facts.js'

/**
 * How the certificate is known to belong to the peer, strongest first: `tls` (this process verified
 * the handshake), `proxy-verified` (a trusted proxy says that it verified it), `proxy-asserted` (a
 * trusted proxy forwarded it and nobody says that it was verified).
 */
export type Assurance = 'tls' | 'proxy-verified' | 'proxy-asserted'

/**
 * What a source proved about a peer: frozen, one object for each connection, which makes it the key
 * under which everything derived from it is remembered.
 */
export interface PeerEvidence {
  readonly source: string
  readonly assurance: Assurance
  readonly certificate: CertificateFacts
  readonly trustSet: string | null
}
