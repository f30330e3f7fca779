import { malformed } from '../contract-fault.js'

/**
 * Makes a decoder of percent-encoded ASCII (RFC 3986 §2.1). `+` is a character of its own and never
 * a space: it stands in every second certificate.
 *
 * The decoder throws ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED.
 *
 * @param literal the class of the characters that may stand for themselves: `/[\w.~-]/u`
 */
export function percentDecoder(literal: RegExp): (header: string, text: string) => string {
  const run = `${literal.source}*`
  // Linear: an escape begins with the one character that is no literal.
  const encoded = new RegExp(`^${run}(?:%[0-7][\\dA-Fa-f]${run})*$`, 'u')
  return (header, text) => {
    // Whatever passes is ASCII, which decodeURIComponent always decodes, and escapes alone.
    if (encoded.test(text)) return decodeURIComponent(text)
    throw malformed(header, 'must be percent-encoded ASCII, each % with two hexadecimal digits')
  }
}

/**
 * Decodes the PEM of a certificate, in which the characters of base64 may stand for themselves: nginx
 * escapes them, and AWS does not.
 */
export const decodePercent: (header: string, text: string) => string = percentDecoder(/[\w.~+/=-]/u)
