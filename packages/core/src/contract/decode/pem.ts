import { parsePem } from '../../certificate/pem.js'
import { malformed } from '../contract-fault.js'
import { refuseLongChain, singleCertificate } from './der.js'
import type { LeafFirst } from './der.js'

/**
 * The certificates of PEM text, of which there is at least one: blocks of the label CERTIFICATE with
 * nothing around them (RFC 7468 §3), in lines without blanks. OpenSSL reads past text, keys and a
 * second certificate.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED, also above 10 beside the first
 */
export function decodePem(header: string, text: string): LeafFirst {
  if (!onlyBlocks.test(text)) throw malformed(header, 'must hold PEM certificates and nothing else')
  const [, ...begun] = text.split('-----BEGIN')
  refuseLongChain(header, begun.length - 1)
  // There is at least one block, or onlyBlocks had not matched.
  const blocks = readBlocks(header, text)
  return blocks.map(({ der }) => singleCertificate(header, der)) as [Uint8Array, ...Uint8Array[]]
}

/** @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED, also for a second certificate */
export function decodeSinglePem(header: string, text: string): Uint8Array {
  const [leaf, ...others] = decodePem(header, text)
  if (others.length > 0) throw malformed(header, 'must hold one certificate alone')
  return leaf
}

/** Linear: a line ends with the only line end that it has, and a block with its only dashes. */
const onlyBlocks =
  /^(?:-----BEGIN CERTIFICATE-----\r?\n(?:[A-Za-z\d+/=]+\r?\n)+-----END CERTIFICATE-----(?:\r?\n|$))+$/u

function readBlocks(header: string, text: string): ReturnType<typeof parsePem> {
  try {
    return parsePem(text, header)
  } catch (cause) {
    throw malformed(header, 'must hold well-formed PEM', cause)
  }
}
