import { copyContent, malformed, readTagged, tags, type DerReader } from './der.js'

/** The bits of a BIT STRING: whole bytes, of which the last leaves `unusedBits` out. */
export interface BitString {
  readonly bytes: Uint8Array
  readonly unusedBits: number
}

/**
 * Reads a BOOLEAN DEFAULT FALSE: DER leaves a default value out (X.690 §11.5), so one that is
 * there must be true.
 */
export function readTrue(reader: DerReader, field: string): true {
  if (readBoolean(reader, field)) return true
  throw malformed(field, 'encodes its default value FALSE')
}

/** Reads an INTEGER that is not negative; the bytes have no sign byte, and none at all for zero. */
export function readUnsigned(reader: DerReader, field: string): Uint8Array {
  const element = readTagged(reader, tags.integer, field)
  const [first, second = 0] = reader.bytes.subarray(element.content, element.end)
  if (first === undefined) throw malformed(field, 'is an INTEGER without a value')
  if (first >= 0x80) throw malformed(field, 'is negative')
  const bytes = copyContent(reader, element)
  if (first !== 0) return bytes
  if (bytes.length > 1 && second < 0x80) {
    throw malformed(field, 'is an INTEGER that is not in its shortest form')
  }
  return bytes.subarray(1)
}

/** Reads an INTEGER of 0 to 2³¹ − 1. */
export function readSmallUnsigned(reader: DerReader, field: string): number {
  const bytes = readUnsigned(reader, field)
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  if (value >= 2 ** 31) throw malformed(field, 'is 2147483648 or more')
  return value
}

/** Reads a BIT STRING whose padding bits are zero (X.690 §11.2.1). */
export function readBitString(reader: DerReader, tag: number, field: string): BitString {
  const { content, end } = readTagged(reader, tag, field)
  const unusedBits = reader.bytes[content]
  if (content === end || unusedBits === undefined || unusedBits > 7) {
    throw malformed(field, 'is a BIT STRING without a count of 0 to 7 unused bits')
  }
  const bytes = reader.bytes.subarray(content + 1, end)
  const last = bytes.at(-1)
  if (last === undefined ? unusedBits > 0 : (last & ((1 << unusedBits) - 1)) !== 0) {
    throw malformed(field, 'is a BIT STRING whose unused bits are not zero')
  }
  return { bytes, unusedBits }
}

/** Reads a BIT STRING of whole bytes, as keys and signatures are. */
export function readBitStringOfBytes(reader: DerReader, field: string): Uint8Array {
  const { bytes, unusedBits } = readBitString(reader, tags.bitString, field)
  if (unusedBits !== 0) throw malformed(field, 'does not end on a whole byte')
  return bytes
}

/** Reads a NULL. */
export function readNull(reader: DerReader, field: string): void {
  const { content, end } = readTagged(reader, tags.null, field)
  if (content !== end) throw malformed(field, 'is a NULL with a value')
}

/** DER writes a BOOLEAN as 00 or FF (X.690 §11.1). */
function readBoolean(reader: DerReader, field: string): boolean {
  const { content, end } = readTagged(reader, tags.boolean, field)
  const byte = reader.bytes[content]
  if (end - content !== 1 || (byte !== 0x00 && byte !== 0xff)) {
    throw malformed(field, 'is a BOOLEAN other than 00 or FF')
  }
  return byte === 0xff
}
