import { malformed } from '../contract-fault.js'
import { singleCertificate } from './der.js'

/**
 * The bytes of canonical base64 (RFC 4648 §4, §3.5): with its padding, without line ends, without
 * bits behind the last byte. `Buffer` alone passes over whatever is no base64.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED
 */
export function decodeBase64(header: string, text: string): Uint8Array {
  if (text === '') throw malformed(header, 'must not be empty base64')
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw malformed(header, 'must be canonical base64')
  return new Uint8Array(bytes)
}

/**
 * The one certificate whose DER is written in canonical base64.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED
 */
export function decodeBase64Certificate(header: string, text: string): Uint8Array {
  return singleCertificate(header, decodeBase64(header, text))
}
