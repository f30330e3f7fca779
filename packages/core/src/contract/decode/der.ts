import { hasMore, openDer, readTagged, tags } from '../../certificate/der.js'
import type { DerElement, DerReader } from '../../certificate/der.js'
import { malformed } from '../contract-fault.js'

/** Certificates of one header, the client’s own before those of its chain. */
export type LeafFirst = readonly [leaf: Uint8Array, ...chain: Uint8Array[]]

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
  const reader = openDer(bytes)
  readCertificate(header, reader)
  if (hasMore(reader)) throw malformed(header, 'must hold one certificate and nothing behind it')
  return bytes
}

/**
 * The certificates that stand in `bytes` one behind the other.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED
 */
export function splitCertificates(header: string, bytes: Uint8Array): readonly Uint8Array[] {
  const certificates: Uint8Array[] = []
  for (const reader = openDer(bytes); hasMore(reader);) {
    refuseLongChain(header, certificates.length + 1)
    const { start, end } = readCertificate(header, reader)
    certificates.push(bytes.subarray(start, end))
  }
  return certificates
}

/** What is written between commas; of more than a leaf and its chain no more than shows it. */
export function splitChain(text: string): readonly string[] {
  return text.split(',', longestChain + 2)
}

/** @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED above 10 certificates */
export function refuseLongChain(header: string, count: number): void {
  if (count <= longestChain) return
  throw malformed(header, `must hold at most ${longestChain} certificates of a chain`)
}

function readCertificate(header: string, reader: DerReader): DerElement {
  const element = readSequence(header, reader)
  if (element.end - element.start <= longestCertificate) return element
  throw malformed(header, `must hold certificates of at most ${longestCertificate} bytes`)
}

function readSequence(header: string, reader: DerReader): DerElement {
  try {
    return readTagged(reader, tags.sequence, header)
  } catch (cause) {
    throw malformed(header, 'must hold whole certificates in DER', cause)
  }
}
