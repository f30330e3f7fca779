import { malformed } from '../contract-fault.js'

/**
 * The characters of percent-encoded text (RFC 3986 §2.1). `+` is a character of its own and never a
 * space, and what is decoded is ASCII.
 *
 * @param literal which characters may stand for themselves
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED
 */
export function decodePercent(header: string, text: string, literal: RegExp): string {
  return text.replaceAll(/%([\dA-Fa-f]{2})?|[^%]/gu, (part, digits?: string) => {
    if (digits !== undefined) return decodeByte(header, digits)
    if (part !== '%' && literal.test(part)) return part
    throw malformed(header, 'must be percent-encoded, each % with two hexadecimal digits')
  })
}

function decodeByte(header: string, digits: string): string {
  const byte = Number.parseInt(digits, 16)
  if (byte < 0x80) return String.fromCharCode(byte)
  throw malformed(header, 'must be percent-encoded ASCII')
}
