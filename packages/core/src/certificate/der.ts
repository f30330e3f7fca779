import { PeerGateError } from '../errors.js'

/**
 * A strict reader of DER (X.690 §10 and §11), as far as certificates need it. A reader is a cursor
 * over one array that it never copies; what a caller keeps, it takes with {@link copyElement}.
 *
 * Every function takes the `field` being read, which is how an error says where a rule was broken.
 */
export interface DerReader {
  readonly bytes: Uint8Array
  position: number
  readonly end: number
}

/** Where an element lies: its tag at `start`, its value from `content` up to `end`. */
export interface DerElement {
  readonly tag: number
  readonly start: number
  readonly content: number
  readonly end: number
}

/** The universal tags in use, with the bit of the constructed form where DER demands it. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** Opens a whole array. */
export function openDer(bytes: Uint8Array): DerReader {
  return { bytes, position: 0, end: bytes.length }
}

/** Opens the value of an element that was read. */
export function openElement(reader: DerReader, element: DerElement): DerReader {
  return { bytes: reader.bytes, position: element.content, end: element.end }
}

/** Reads an element of this tag and opens its value. */
export function enter(reader: DerReader, tag: number, field: string): DerReader {
  return openElement(reader, readTagged(reader, tag, field))
}

/** Refuses whatever follows the last element that has a meaning. */
export function leave(reader: DerReader, field: string): void {
  if (reader.position !== reader.end) throw malformed(field, 'has bytes after its end')
}

/** Says whether anything is left to read. */
export function hasMore(reader: DerReader): boolean {
  return reader.position < reader.end
}

/** Says whether the next element has this tag, which is how optional fields are told apart. */
export function isNext(reader: DerReader, tag: number): boolean {
  return hasMore(reader) && reader.bytes[reader.position] === tag
}

/** Reads an element that must have this tag. */
export function readTagged(reader: DerReader, tag: number, field: string): DerElement {
  const element = readElement(reader, field)
  if (element.tag === tag) return element
  throw malformed(field, `has tag ${hexadecimal(element.tag)} instead of ${hexadecimal(tag)}`)
}

/** Reads an element of any tag, without looking into its value. */
export function readElement(reader: DerReader, field: string): DerElement {
  const start = reader.position
  const tag = readByte(reader, field)
  if ((tag & 0x1f) === 0x1f) throw malformed(field, 'has a tag of more than one byte')
  if (isOfWrongForm(tag)) {
    throw malformed(field, `has tag ${hexadecimal(tag)}, a form that DER does not have`)
  }
  const length = readLength(reader, field)
  const content = reader.position
  const end = content + length
  if (end > reader.end) throw malformed(field, 'is longer than what holds it')
  reader.position = end
  return { tag, start, content, end }
}

/** Reads an element of any type and checks the tags and lengths of everything inside it. */
export function readOpaque(reader: DerReader, field: string): DerElement {
  const element = readElement(reader, field)
  checkOpaque(reader, element, field)
  return element
}

/** Checks the tags and lengths of everything inside an element; without recursion, and bounded. */
export function checkOpaque(reader: DerReader, outermost: DerElement, field: string): void {
  const open = isConstructed(outermost) ? [openElement(reader, outermost)] : []
  for (let inner = open.at(-1); inner !== undefined; inner = open.at(-1)) {
    if (!hasMore(inner)) {
      open.pop()
      continue
    }
    const element = readElement(inner, field)
    if (!isConstructed(element)) continue
    if (open.length === maximumDepth) {
      throw malformed(field, `is nested deeper than ${maximumDepth}`)
    }
    open.push(openElement(inner, element))
  }
}

/** Reads one byte, of a header or of a value that is opened. */
export function readByte(reader: DerReader, field: string): number {
  const byte = reader.bytes[reader.position]
  if (byte === undefined || reader.position >= reader.end) throw malformed(field, 'is cut short')
  reader.position++
  return byte
}

/** Copies an element, tag included, so that nothing kept can be changed by the input's owner. */
export function copyElement(reader: DerReader, element: DerElement): Uint8Array {
  return reader.bytes.slice(element.start, element.end)
}

/** Copies the value of an element. */
export function copyContent(reader: DerReader, element: DerElement): Uint8Array {
  return reader.bytes.slice(element.content, element.end)
}

/** Makes the error of a certificate that breaks a rule of its encoding. */
export function malformed(field: string, fault: string): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_CERTIFICATE_MALFORMED', `${field} ${fault}`)
}

/** Makes the error of a certificate that has more of something than is read. */
export function tooMany(most: number, what: string): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_CERTIFICATE_TOO_LARGE', `more than ${most} ${what}`)
}

const maximumDepth = 16

/** Definite and in the fewest bytes (X.690 §10.1); three bytes exceed every certificate in use. */
function readLength(reader: DerReader, field: string): number {
  const first = readByte(reader, field)
  if (first < 0x80) return first
  if (first === 0x80) throw malformed(field, 'has an indefinite length')
  if (first > 0x83) throw malformed(field, 'has a length of more than three bytes')
  let length = 0
  for (let rest = first & 0x7f; rest > 0; rest--) length = length * 256 + readByte(reader, field)
  if (length < 0x80 || length < 2 ** (8 * ((first & 0x7f) - 1))) {
    throw malformed(field, 'has a length that is not in its shortest form')
  }
  return length
}

function isConstructed(element: DerElement): boolean {
  return (element.tag & 0x20) !== 0
}

/**
 * Of the universal types that certificates use, sequences and sets are always constructed, and
 * strings never (X.690 §10.2); tag 0 ends an indefinite length.
 */
function isOfWrongForm(tag: number): boolean {
  if (tag >= 0x40) return false
  const isSequenceOrSet = (tag & 0x1e) === 0x10
  return tag === 0 || tag >= 0x20 !== isSequenceOrSet
}

function hexadecimal(tag: number): string {
  return `0x${tag.toString(16).padStart(2, '0')}`
}
