import { malformed, tags, type DerElement, type DerReader } from './der.js'

/** Reads the text of a string type; null for an element of any other type. */
export function readText(reader: DerReader, element: DerElement, field: string): string | null {
  switch (element.tag) {
    case tags.utf8String:
      return readUtf8(reader, element, field)
    case tags.printableString:
    case tags.numericString:
    case tags.visibleString:
    case tags.ia5String:
      return readAscii(reader, element, field)
    // T.61 as every implementation reads it; its escape sequences are nowhere in use.
    case tags.teletexString:
      return latin1Of(reader, element)
    case tags.bmpString:
      return readBmp(reader, element, field)
    case tags.universalString:
      return readUniversal(reader, element, field)
    default:
      return null
  }
}

/** Reads the value of an element, whatever its tag, as ASCII: the repertoire of an IA5String. */
export function readAscii(reader: DerReader, element: DerElement, field: string): string {
  if (isAscii(reader, element)) return latin1Of(reader, element)
  throw malformed(field, 'has a byte that is not ASCII')
}

/** Reads the value of an element, whatever its tag, with a character for each byte. */
export function latin1Of({ bytes }: DerReader, { content, end }: DerElement): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + content, end - content).toString('latin1')
}

function isAscii({ bytes }: DerReader, { content, end }: DerElement): boolean {
  for (let index = content; index < end; index += 1) {
    if ((bytes[index] as number) >= 0x80) return false
  }
  return true
}

/** `ignoreBOM` keeps a byte order mark in the text, instead of letting two texts become one. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function readUtf8(reader: DerReader, element: DerElement, field: string): string {
  // As nearly all of it is, and then there is nothing to decode.
  if (isAscii(reader, element)) return latin1Of(reader, element)
  try {
    return utf8.decode(contentOf(reader, element))
  } catch {
    throw malformed(field, 'is not UTF-8')
  }
}

/** BMPString is UCS-2: surrogates, paired or not, are no characters of it. */
function readBmp(reader: DerReader, element: DerElement, field: string): string {
  return readCodePoints(reader, element, { width: 2, field })
}

function readUniversal(reader: DerReader, element: DerElement, field: string): string {
  return readCodePoints(reader, element, { width: 4, field })
}

interface CodePointOptions {
  readonly width: 2 | 4
  readonly field: string
}

function readCodePoints(
  reader: DerReader,
  element: DerElement,
  { width, field }: CodePointOptions,
): string {
  const { content, end } = element
  if ((end - content) % width !== 0) throw malformed(field, `is not a multiple of ${width} bytes`)
  const utf16 = Buffer.alloc(end - content)
  let length = 0
  for (let index = content; index < end; index += width) {
    const point = readNumber(reader, index, width)
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
      throw malformed(field, 'has a number that is no character')
    }
    // Of a text that is written together from its characters, each would be a piece.
    if (point > 0xffff) length = writeUnit(utf16, length, 0xd7c0 + (point >> 10))
    length = writeUnit(utf16, length, point > 0xffff ? 0xdc00 + (point & 0x3ff) : point)
  }
  return utf16.toString('utf16le', 0, length)
}

function readNumber({ bytes }: DerReader, begin: number, width: number): number {
  let number = 0
  for (let index = begin; index < begin + width; index += 1) {
    number = number * 256 + (bytes[index] as number)
  }
  return number
}

function writeUnit(utf16: Buffer, at: number, unit: number): number {
  utf16[at] = unit & 0xff
  utf16[at + 1] = unit >> 8
  return at + 2
}

function contentOf(reader: DerReader, element: DerElement): Uint8Array {
  return reader.bytes.subarray(element.content, element.end)
}
