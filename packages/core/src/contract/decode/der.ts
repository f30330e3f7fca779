import { malformed } from '../contract-fault.js'

/** The longest certificate that is read, in bytes, as of TLS connections. */
const longestCertificate = 16_384

/** The most certificates that are read beside the leaf. */
const longestChain = 10

/**
 * The one certificate that `bytes` are: a SEQUENCE whose length is that of the bytes (X.690 §8.1).
 * OpenSSL reads the first and passes over what follows. What is in it is not looked at.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED
 */
export function singleCertificate(header: string, bytes: Uint8Array): Uint8Array {
  if (lengthAt(header, bytes, 0) !== bytes.length) {
    throw malformed(header, 'must hold one certificate and nothing behind it')
  }
  return bytes
}

/**
 * The certificates that stand in `bytes` one behind the other.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED
 */
export function splitCertificates(header: string, bytes: Uint8Array): readonly Uint8Array[] {
  const certificates: Uint8Array[] = []
  for (let start = 0; start < bytes.length;) {
    const end = start + lengthAt(header, bytes, start)
    certificates.push(bytes.subarray(start, end))
    refuseLongChain(header, certificates.length)
    start = end
  }
  return certificates
}

/** @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED above 10 certificates */
export function refuseLongChain(header: string, count: number): void {
  if (count <= longestChain) return
  throw malformed(header, `must hold at most ${longestChain} certificates of a chain`)
}

/** The length of the SEQUENCE that begins at `start`, its tag and length included. */
function lengthAt(header: string, bytes: Uint8Array, start: number): number {
  const [tag, first = 0] = bytes.subarray(start, start + 2)
  // Every certificate is longer than 127 bytes, so that its length has 1 or 2 bytes of its own.
  const lengthBytes = first - 0x80
  if (tag !== 0x30 || lengthBytes < 1 || lengthBytes > 2) {
    throw malformed(header, 'must hold the DER of a certificate')
  }
  const digits = bytes.subarray(start + 2, start + 2 + lengthBytes)
  const content = digits.reduce((length, byte) => length * 256 + byte, 0)
  const length = 2 + lengthBytes + content
  if (length > longestCertificate) {
    throw malformed(header, `must hold certificates of at most ${longestCertificate} bytes`)
  }
  if (start + length > bytes.length) throw malformed(header, 'ends within a certificate')
  return length
}
