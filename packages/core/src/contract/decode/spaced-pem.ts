import { malformed } from '../contract-fault.js'
import type { LeafFirst } from './der.js'
import { decodeBlocks, singleOf } from './pem.js'

/**
 * The certificates of PEM text in which a space stands for each line end, as mod_ssl writes it; HTTP
 * takes away the last one. The spaces of the boundaries are their own.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED, also above 10 beside the first
 */
export function decodeSpacedPem(header: string, text: string): LeafFirst {
  if (onlyBlocks.test(text)) return decodeBlocks(header, text)
  throw malformed(header, 'must hold PEM certificates, with one space for each line end')
}

/** @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED, also for a second certificate */
export function decodeSingleSpacedPem(header: string, text: string): Uint8Array {
  return singleOf(header, decodeSpacedPem(header, text))
}

/** Linear: a line begins with the only space that it has. */
const onlyBlocks =
  /^(?:-----BEGIN CERTIFICATE-----(?: [A-Za-z\d+/=]{1,64})+ -----END CERTIFICATE-----(?: |$))+$/u
