/** Writes DER, and on purpose what is not DER: every piece of an element can be given as it is. */

export function tlv(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents)
  return tlvWithLength(tag, shortestLength(content.length), content)
}

export function tlvWithLength(tag: number, length: Uint8Array, content: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(tag), length, content])
}

function shortestLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const hexadecimal = length.toString(16)
  const bytes = Buffer.from(
    hexadecimal.padStart(hexadecimal.length + (hexadecimal.length % 2), '0'),
    'hex',
  )
  return Buffer.concat([Uint8Array.of(0x80 | bytes.length), bytes])
}

export function sequence(...elements: readonly Uint8Array[]): Uint8Array {
  return tlv(0x30, ...elements)
}

export function setOf(...elements: readonly Uint8Array[]): Uint8Array {
  return tlv(0x31, ...elements.toSorted((left, right) => Buffer.compare(left, right)))
}

export function objectIdentifier(dotted: string, tag = 0x06): Uint8Array {
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt)
  return tlv(tag, ...[first * 40n + second, ...rest].map(base128))
}

function base128(arc: bigint): Uint8Array {
  const bytes = [Number(arc & 0x7fn)]
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) bytes.unshift(Number(rest & 0x7fn) | 0x80)
  return Uint8Array.from(bytes)
}

/** A positive INTEGER, with the sign byte that its first byte may need. */
export function integer(magnitude: Uint8Array): Uint8Array {
  const [first = 0x80] = magnitude
  const needsSign = first >= 0x80
  return tlv(0x02, needsSign ? Buffer.concat([Uint8Array.of(0), magnitude]) : magnitude)
}

export function smallInteger(value: number): Uint8Array {
  const hexadecimal = value.toString(16)
  return integer(
    Buffer.from(hexadecimal.padStart(hexadecimal.length + (hexadecimal.length % 2), '0'), 'hex'),
  )
}

export function boolean(value: boolean): Uint8Array {
  return tlv(0x01, Uint8Array.of(value ? 0xff : 0x00))
}

export function bitString(bytes: Uint8Array, unusedBits = 0, tag = 0x03): Uint8Array {
  return tlv(tag, Uint8Array.of(unusedBits), bytes)
}

/** A list of named bits, as long as its last set bit. */
export function namedBits(bits: readonly number[]): Uint8Array {
  const length = Math.max(-1, ...bits) + 1
  const bytes = Uint8Array.from({ length: Math.ceil(length / 8) }, (_byte, index) =>
    bits.filter((bit) => bit >> 3 === index).reduce((byte, bit) => byte | (0x80 >> (bit & 7)), 0),
  )
  return bitString(bytes, bytes.length * 8 - length)
}

export function octetString(...contents: readonly Uint8Array[]): Uint8Array {
  return tlv(0x04, ...contents)
}

export const nullValue: Uint8Array = Uint8Array.of(0x05, 0x00)

export function explicit(number: number, ...elements: readonly Uint8Array[]): Uint8Array {
  return tlv(0xa0 | number, ...elements)
}

export function text(tag: number, value: string, encoding: BufferEncoding = 'utf8'): Uint8Array {
  return tlv(tag, Buffer.from(value, encoding))
}

export function utf8String(value: string): Uint8Array {
  return text(0x0c, value)
}

export function bmpString(value: string): Uint8Array {
  return tlv(0x1e, Buffer.from(value, 'utf16le').swap16())
}

export function universalString(value: string): Uint8Array {
  return tlv(0x1c, ...Array.from(value, utf32))
}

function utf32(character: string): Uint8Array {
  const point = Buffer.alloc(4)
  point.writeUInt32BE(Number(character.codePointAt(0)))
  return point
}

export function utcTime(value: string): Uint8Array {
  return text(0x17, value)
}

export function generalizedTime(value: string): Uint8Array {
  return text(0x18, value)
}

export function hex(value: string): Uint8Array {
  return Buffer.from(value.replaceAll(' ', ''), 'hex')
}

/** BER: the same element with one byte of length more than it needs. */
export function withLongLength(element: Uint8Array): Uint8Array {
  const { tag, length, content } = split(element)
  const longer =
    length.length === 1
      ? Buffer.concat([Uint8Array.of(0x81), length])
      : Buffer.concat([Uint8Array.of(0x80 | length.length, 0), length.subarray(1)])
  return tlvWithLength(tag, longer, content)
}

/** BER: the same constructed element, ended by two zeros. */
export function withIndefiniteLength(element: Uint8Array): Uint8Array {
  const { tag, content } = split(element)
  return tlvWithLength(tag, Uint8Array.of(0x80), Buffer.concat([content, Uint8Array.of(0, 0)]))
}

/** The same element with more inside, which its length counts. */
export function withTrailing(element: Uint8Array, trailing: Uint8Array): Uint8Array {
  const { tag, content } = split(element)
  return tlv(tag, content, trailing)
}

interface ElementPieces {
  readonly tag: number
  readonly length: Uint8Array
  readonly content: Uint8Array
}

function split(element: Uint8Array): ElementPieces {
  const [tag = 0, first = 0] = element
  const header = first < 0x80 ? 2 : 2 + (first & 0x7f)
  return { tag, length: element.subarray(1, header), content: element.subarray(header) }
}
