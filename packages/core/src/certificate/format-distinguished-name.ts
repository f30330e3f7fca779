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
  const begin = /^[ #]/.test(text) ? 1 : 0
  const end = text.length > 1 && text.endsWith(' ') ? text.length - 1 : text.length
  let escaped = begin === 0 ? '' : `\\${text.slice(0, begin)}`
  for (const character of text.slice(begin, end)) {
    escaped += escapes[Number(character.codePointAt(0))] ?? escapeInvisible(character)
  }
  return end === text.length ? escaped : `${escaped}\\ `
}

const special = /[\\"+,;<>\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|^[ #]| $/u
const invisibleCharacter = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** Of the characters that are met; there are not 300 that are invisible. */
const knownEscapes = new Map<string, string>()

/** What is written for the characters of one or two bytes, since a name can be full of those to escape. */
const escapes: readonly string[] = Array.from({ length: 0x800 }, (_, point) => {
  const character = String.fromCodePoint(point)
  return '\\"+,;<>'.includes(character) ? `\\${character}` : escapeInvisible(character)
})

function escapeInvisible(character: string): string {
  const known = knownEscapes.get(character)
  if (known !== undefined || !invisibleCharacter.test(character)) return known ?? character
  const bytes = Buffer.from(character).toString('hex').toUpperCase()
  const escaped = bytes.replaceAll(/../g, '\\$&')
  knownEscapes.set(character, escaped)
  return escaped
}
