import { PeerGateError } from '../errors.js'
import type { IdentityValue } from '../identity-value/identity-value.js'
import { quote } from '../identity-value/quote.js'

/**
 * The canonical form of an identity; `text` is what the certificate has.
 *
 * @throws {PeerGateError} ERR_PEERGATE_IDENTITY_INVALID.
 */
export function requireValue(identity: IdentityValue, text: string): string {
  if ('value' in identity) return identity.value
  throw new PeerGateError('ERR_PEERGATE_IDENTITY_INVALID', `${identity.fault}: ${quote(text)}`)
}
