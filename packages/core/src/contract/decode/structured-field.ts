import { malformed } from '../contract-fault.js'
import { decodeBase64Certificate } from './base64.js'
import { refuseLongChain, splitChain } from './der.js'

/**
 * The certificate of an item that is a Byte Sequence (RFC 9651 §3.3.5), in canonical base64. There
 * are no parameters, and blanks around it are none of its own.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED
 */
export function decodeItem(header: string, text: string): Uint8Array {
  const [, base64] = /^[ \t]*:([^:]*):[ \t]*$/u.exec(text) ?? []
  if (base64 === undefined) throw malformed(header, 'must be base64 between two colons')
  return decodeBase64Certificate(header, base64)
}

/**
 * The certificates of a list of Byte Sequences (RFC 9651 §3.1), of which none may be missing.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED, also above 10 members
 */
export function decodeList(header: string, text: string): readonly Uint8Array[] {
  const members = splitChain(text)
  refuseLongChain(header, members.length)
  return members.map((member) => decodeItem(header, member))
}
