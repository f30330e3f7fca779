import type {
  DistinguishedName,
  NameAttribute,
  RelativeDistinguishedName,
} from './distinguished-name.js'

/**
 * Returns a name as RFC 4514 writes it: the last step first, special characters escaped, values that
 * have no text as `#` and their DER. Control and format characters are escaped too, so the result
 * is one line of a log that reads as it is.
 *
 * @example
 * ```ts
 * formatDistinguishedName(certificate.subject) // 'CN=payments,O=Example\\, Inc.'
 * ```
 */
export function formatDistinguishedName(name: DistinguishedName): string {
  return name.toReversed().map(formatStep).join(',')
}

/** RFC 4514 §3; every other type is written as its object identifier. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.6', 'C'],
  ['2.5.4.9', 'STREET'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
])

function formatStep(step: RelativeDistinguishedName): string {
  return step.map(formatAttribute).join('+')
}

/** The values of types without a short name are written in hexadecimal (RFC 4514 §2.4). */
function formatAttribute({ typeId, text, der }: NameAttribute): string {
  const shortName = shortNames.get(typeId)
  if (shortName !== undefined && text !== null) return `${shortName}=${escapeText(text)}`
  return `${shortName ?? typeId}=#${writeHexadecimal(der)}`
}

function writeHexadecimal({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('hex')
}

/** A space is special at both ends, and a number sign at the beginning (RFC 4514 §2.4). */
function escapeText(text: string): string {
  if (!special.test(text)) return text
  const begin = /^[ #]/.test(text) ? `\\${text.charAt(0)}` : ''
  const end = text.length > 1 && text.endsWith(' ') ? '\\ ' : ''
  const middle = text.slice(begin === '' ? 0 : 1, end === '' ? text.length : -1)
  return `${begin}${escapeCharacters(middle)}${end}`
}

/** By the bytes of UTF-8, which are what is escaped: of its characters, a text can have ten thousand. */
function escapeCharacters(text: string): string {
  const bytes = Buffer.from(text)
  const escaped = Buffer.allocUnsafe(3 * bytes.length)
  let length = 0
  let kind: number = kinds.plain
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number
    // What goes on with a character is of its kind.
    if (byte < 0x80 || byte >= 0xc0) kind = kindOf(readCodePoint(bytes, at))
    if (kind !== kinds.plain) escaped[length++] = backslash
    if (kind === kinds.invisible) {
      escaped[length++] = digits[byte >> 4] as number
      escaped[length++] = digits[byte & 0xf] as number
    } else {
      escaped[length++] = byte
    }
  }
  return escaped.toString('utf8', 0, length)
}

const special = /[\\"+,;<>\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|^[ #]| $/u
const digits = Buffer.from('0123456789ABCDEF')
const backslash = 0x5c

function readCodePoint(bytes: Buffer, begin: number): number {
  const first = bytes[begin] as number
  if (first < 0x80) return first
  const width = widthOf(first)
  let point = first & (0x7f >> width)
  for (let at = begin + 1; at < begin + width; at += 1) {
    point = point * 64 + ((bytes[at] as number) & 0x3f)
  }
  return point
}

/** How many bytes the character takes that begins with this one, of those beyond ASCII. */
function widthOf(first: number): number {
  if (first < 0xe0) return 2
  return first < 0xf0 ? 3 : 4
}

/** What is to be done with a character: nothing, a backslash before it, or one before each of its bytes. */
const kinds = { plain: 1, special: 2, invisible: 3 } as const

/** Of the characters that were met, but for those beyond the basic plane. */
const knownKinds = new Uint8Array(0x10000)

function kindOf(point: number): number {
  const known = knownKinds[point] ?? 0
  if (known !== 0) return known
  const character = String.fromCodePoint(point)
  const visible = '\\"+,;<>'.includes(character) ? kinds.special : kinds.plain
  const kind = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character) ? kinds.invisible : visible
  knownKinds[point] = kind
  return kind
}
