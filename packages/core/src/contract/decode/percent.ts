import { malformed } from '../contract-fault.js'

/**
 * The characters of percent-encoded ASCII (RFC 3986 §2.1): the PEM of a certificate, in which the
 * characters of base64 may stand for themselves, since nginx escapes them and AWS does not. `+` is a
 * character of its own and never a space: it stands in every second certificate.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED
 */
export function decodePercent(header: string, text: string): string {
  // Whatever passes is ASCII, which decodeURIComponent always decodes, and escapes alone.
  if (encoded.test(text)) return decodeURIComponent(text)
  throw malformed(header, 'must be percent-encoded ASCII, each % with two hexadecimal digits')
}

/** Linear: an escape begins with the one character that is no literal. */
const encoded = /^[\w.~+/=-]*(?:%[0-7][\dA-Fa-f][\w.~+/=-]*)*$/u
