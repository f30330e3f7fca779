import { Name } from './x509.js'

/**
 * The name that `text` writes in the form of RFC 4514, or null where it is not of that form. Of the
 * escapes, those that the form is unreadable without are known: a backslash before a special
 * character that separates.
 */
export function parseDistinguishedName(text: string): Name | null {
  if (!distinguishedName.test(text)) return null
  // RFC 4514 §2.1 writes the last relative name first, while the library keeps the order it reads.
  return new Name(new Name(text).toJSON().toReversed())
}

const attribute = String.raw`(?:CN|OU?|L|ST|C|DC|E)=(?:[^\\",+;<>=#]|\\[ ,+;<>=])+`
const distinguishedName = new RegExp(`^(?:${attribute}(?:[,+] *${attribute})*)?$`, 'u')
