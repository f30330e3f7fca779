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
  return `${shortName ?? typeId}=#${Buffer.from(der).toString('hex')}`
}

function escapeText(text: string): string {
  // As nearly all of it is, and then there is nothing to escape.
  if (/^[\w./:@-]+(?: [\w./:@-]+)*$/u.test(text)) return text
  return text
    .replaceAll(/[\\"+,;<>]|^[ #]| $/g, '\\$&')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeBytes)
}

function escapeBytes(character: string): string {
  return Buffer.from(character).toString('hex').toUpperCase().replaceAll(/../g, '\\$&')
}
