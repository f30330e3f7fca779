import type { PeerEvidence, PeerGateError, PeerSource, RequestLike } from '@peergate/core'
import type { CertificateFacts } from './certificate-facts.js'

/** A source that proves of a request whatever stands in the place of its socket. */
export const fixedSource: PeerSource = Object.freeze({
  name: 'fixed',
  read: ({ socket }: RequestLike) => socket as PeerEvidence | PeerGateError,
})

export function evidenceOf(facts: CertificateFacts): PeerEvidence {
  const certificate = Object.freeze(facts)
  return Object.freeze({ source: 'fixed', assurance: 'tls', certificate, trustSet: 'payments' })
}

/** A request over a connection whose peer has shown this certificate. */
export function requestOf(facts: CertificateFacts): RequestLike {
  return { socket: evidenceOf(facts) }
}
