import { malformed } from '../contract-fault.js'
import { decodeBase64 } from './base64.js'
import { refuseLongChain } from './der.js'

/**
 * The bytes of an item that is a Byte Sequence without parameters (RFC 9651 §3.3.5), in canonical
 * base64. Spaces around an item are none of its own.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED
 */
export function decodeByteSequence(header: string, text: string): Uint8Array {
  const [, base64] = /^ *:([^:]*): *$/u.exec(text) ?? []
  if (base64 === undefined) throw malformed(header, 'must be base64 between two colons')
  return decodeBase64(header, base64)
}

/**
 * The members of a list of Byte Sequences, which may come in several lines (RFC 9651 §3.1).
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED, also above 10 members
 */
export function decodeByteSequences(
  header: string,
  lines: readonly string[],
): readonly Uint8Array[] {
  const members = lines.flatMap((line) => line.split(','))
  refuseLongChain(header, members.length)
  return members.map((member) => decodeByteSequence(header, member.replaceAll('\t', ' ')))
}
