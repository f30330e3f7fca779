import { malformed, tags, type DerReader } from './der.js'
import { readBitString } from './der-primitives.js'

/** The names of RFC 5280 §4.2.1.3, in the order of their bits. */
export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly'

/**
 * Reads a KeyUsage. DER ends a list of named bits with the last one that is set (X.690 §11.2.2), and
 * at least one must be.
 */
export function readKeyUsage(reader: DerReader, field: string): readonly KeyUsage[] {
  const { bytes, unusedBits } = readBitString(reader, tags.bitString, field)
  const length = bytes.length * 8 - unusedBits
  if (length === 0 || !isSet(bytes, length - 1)) {
    throw malformed(field, 'does not end with a bit that is set')
  }
  if (length > keyUsages.length) throw malformed(field, 'has a bit without a meaning')
  return Object.freeze(keyUsages.filter((_usage, bit) => isSet(bytes, bit)))
}

const keyUsages: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
]

function isSet(bytes: Uint8Array, bit: number): boolean {
  return ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0
}
