import { createBoundedCache } from '../bounded-cache.js'
import type { CertificateFacts } from '../certificate/certificate-facts.js'
import { refuseUnfitLeaf } from '../certificate/leaf.js'
import { parseCertificate } from '../certificate/parse-certificate.js'
import { markBytes } from '../content-mark.js'
import { PeerGateError } from '../errors.js'
import { codeOfVerdict, verdictOf } from './refusal.js'
import { readSessionPeer } from './session-peer.js'

/** What acceptance needs of a TLS socket. */
export interface PeerSocket {
  readonly authorized: unknown
  readonly authorizationError: unknown
  /** Null once it is closed. */
  readonly getSession: () => Uint8Array | null | undefined
}

/** The leaf that a peer presented, and what it says: one object as long as the leaf is remembered. */
export interface PresentedLeaf {
  readonly der: Uint8Array
  readonly certificate: CertificateFacts
}

/**
 * The leaf that the peer of a connection presented; nothing is said of whether it was verified.
 *
 * It is read from the session, since neither call that Node has for it is safe everywhere: on Node 20
 * and 22, `getPeerX509Certificate` leaks the certificates that the peer sent behind its leaf, and
 * `getPeerCertificate` does not withstand every certificate.
 *
 * @throws {PeerGateError} of the layer `tls`
 */
export function readPresentedLeaf(socket: PeerSocket): PresentedLeaf {
  const der = readLeafDer(socket)
  if (der === null) {
    const fault = 'the peer sent no certificate; it needs one that a client CA issued'
    throw new PeerGateError('ERR_PEERGATE_CERTIFICATE_MISSING', fault)
  }
  return knownLeaf(der) ?? readLeaf(der)
}

/** Peers come again with the same leaf, and what it says depends on nothing else. */
const leaves = createBoundedCache<number, PresentedLeaf>({ entries: 1_000, bytes: 2 ** 20 })

function knownLeaf(der: Uint8Array): PresentedLeaf | undefined {
  const known = leaves.get(markBytes(der))
  return known !== undefined && Buffer.compare(known.der, der) === 0 ? known : undefined
}

function readLeaf(der: Uint8Array): PresentedLeaf {
  const leaf = { der, certificate: parseCertificate(der) }
  leaves.set(markBytes(der), leaf, der.length)
  return leaf
}

function readLeafDer(socket: PeerSocket): Uint8Array | null {
  const session = socket.getSession() ?? null
  if (session === null) return null
  try {
    return readSessionPeer(session)
  } finally {
    // Whoever has the rest of it can resume the session.
    session.fill(0)
  }
}

/**
 * Refuses a peer whose certificate was not verified in this process's handshake, or that no client
 * may present.
 *
 * `authorized` alone is never enough: for a TLS 1.3 session that was resumed without a certificate
 * several versions of Node report it as true (nodejs/node#35317). So the certificate is an argument.
 *
 * @throws {PeerGateError} of the layer `tls`
 */
export function refuseUnverified(
  { authorized, authorizationError }: PeerSocket,
  { certificate }: PresentedLeaf,
): void {
  const verdict = verdictOf(authorizationError)
  if (verdict !== null) {
    throw new PeerGateError(codeOfVerdict(verdict), `the certificate did not verify (${verdict})`)
  }
  if (authorized !== true) {
    const fault = 'the certificate was not verified; the server must set requestCert to true'
    throw new PeerGateError('ERR_PEERGATE_CERTIFICATE_UNTRUSTED', fault)
  }
  refuseUnfitLeaf(certificate)
}

/** What was thrown while a peer was judged, as an error of ours: whatever cannot be read is not accepted. */
export function refusalOf(cause: unknown): PeerGateError {
  if (cause instanceof PeerGateError) return cause
  const fault = 'the certificate could not be read'
  return new PeerGateError('ERR_PEERGATE_CERTIFICATE_MALFORMED', fault, { cause })
}
