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
  const content = contentOf(reader, element)
  if (content.length % width !== 0) throw malformed(field, `is not a multiple of ${width} bytes`)
  let text = ''
  for (let index = 0; index < content.length; index += width) {
    const point = content.subarray(index, index + width).reduce((sum, byte) => sum * 256 + byte, 0)
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
      throw malformed(field, 'has a number that is no character')
    }
    text += String.fromCodePoint(point)
  }
  return text
}

function contentOf(reader: DerReader, element: DerElement): Uint8Array {
  return reader.bytes.subarray(element.content, element.end)
}
