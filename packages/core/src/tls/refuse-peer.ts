import type { TLSSocket } from 'node:tls'
import type { CertificateFacts } from '../certificate/certificate-facts.js'
import type { PeerGateError } from '../errors.js'
import { explainPeerRefusal } from './refusal.js'
import type { ExplainedRefusal } from './refusal.js'

/** A peer that is refused, and how its connection is closed. */
interface RefusedPeer {
  readonly error: PeerGateError
  readonly socket: TLSSocket
  readonly certificate: CertificateFacts | null
  readonly close: () => void
}

/**
 * Closes the connection of a peer and explains why. The explanation needs the open socket; whatever
 * becomes of it, the connection is closed.
 */
export function refusePeer({ error, socket, certificate, close }: RefusedPeer): ExplainedRefusal {
  try {
    return explainPeerRefusal(error, socket, certificate)
  } finally {
    close()
  }
}
