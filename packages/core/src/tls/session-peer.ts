import { enter, hasMore, openDer, readElement, tags } from '../certificate/der.js'

/**
 * Returns a copy of the DER of the peer's certificate in a TLS session; null where the session has none.
 *
 * A session is encoded as OpenSSL keeps it in session stores (`SSL_SESSION_ASN1` in its
 * `ssl/ssl_asn1.c`): a SEQUENCE of fields that their tags tell apart. The certificate is the leaf
 * alone, byte for byte as the handshake had it; the chain is not in it.
 *
 * @throws {PeerGateError} ERR_PEERGATE_CERTIFICATE_MALFORMED
 */
export function readSessionPeer(session: Uint8Array): Uint8Array | null {
  const fields = enter(openDer(session), tags.sequence, 'session')
  while (hasMore(fields)) {
    const field = readElement(fields, 'session')
    // A slice of a Buffer would share its memory.
    if (field.tag === peer) return new Uint8Array(session.subarray(field.content, field.end))
  }
  return null
}

/** `peer [3] EXPLICIT X509 OPTIONAL`. */
const peer = 0xa3
