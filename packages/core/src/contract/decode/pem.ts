import { decodePemBody } from '../../certificate/pem.js'
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
  if (onlyBlocks.test(text)) return decodeBlocks(header, text)
  throw malformed(header, 'must hold PEM certificates and nothing else')
}

/** @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED, also for a second certificate */
export function decodeSinglePem(header: string, text: string): Uint8Array {
  return singleOf(header, decodePem(header, text))
}

/** @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED for a second certificate */
export function singleOf(header: string, [leaf, ...others]: LeafFirst): Uint8Array {
  if (others.length > 0) throw malformed(header, 'must hold one certificate alone')
  return leaf
}

/** Linear: a line ends with the only line end that it has, and a block with its only dashes. */
const onlyBlocks =
  /^(?:-----BEGIN CERTIFICATE-----\r?\n(?:[A-Za-z\d+/=]+\r?\n)+-----END CERTIFICATE-----(?:\r?\n|$))+$/u

/**
 * The certificates of text that was found to be nothing but blocks, of which there is at least one. What
 * ends a line is LF, CRLF or a space. A client may send a line for each character, so that lines are
 * not texts of their own here.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED, also above 10 beside the first
 */
export function decodeBlocks(header: string, text: string): LeafFirst {
  const [, ...begun] = text.split('-----BEGIN')
  refuseLongChain(header, begun.length - 1)
  let line = 1
  const ders = begun.map((block) => {
    const body = joinLines(block.slice(boundaryEnd.length, block.indexOf('-----END')))
    line += body.lineEnds
    const der = decodeBody(header, body.base64, line)
    line += 1
    return der
  })
  return ders.map((der) => singleCertificate(header, der)) as [Uint8Array, ...Uint8Array[]]
}

const boundaryEnd = ' CERTIFICATE-----'

function joinLines(text: string): { readonly base64: string; readonly lineEnds: number } {
  const bytes = Buffer.from(text, 'latin1')
  let length = 0
  let lineEnds = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number
    if (byte > space) bytes[length++] = byte
    else if (byte !== carriageReturn) lineEnds += 1
  }
  return { base64: bytes.toString('latin1', 0, length), lineEnds }
}

const space = 0x20
const carriageReturn = 0x0d

function decodeBody(header: string, base64: string, line: number): Uint8Array {
  try {
    return decodePemBody(base64, `${header}: line ${line}`)
  } catch (cause) {
    throw malformed(header, 'must hold well-formed PEM', cause)
  }
}
