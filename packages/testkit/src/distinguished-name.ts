import { Name } from './x509.js'
import type { JsonAttributeAndObjectValue } from './x509.js'

/**
 * The name that `text` writes in the form of RFC 4514, or null where it is not of that form. The
 * escapes are a backslash before a special character, and `\0A` and `\0D` for the ends of lines.
 */
export function parseDistinguishedName(text: string): Name | null {
  if (!distinguishedName.test(text)) return null
  // RFC 4514 §2.1 writes the last relative name first, while the library keeps the order it is given.
  return new Name(readRelativeNames(text).toReversed())
}

const value = String.raw`(?:[^\\",+;<>=#\r\n]|\\[ "+,;<=>\\]|\\0[AD])+`
const attribute = `(?:CN|OU?|L|ST|C|DC|E)=${value}`
const distinguishedName = new RegExp(`^(?:${attribute}(?:[,+] *${attribute})*)?$`, 'u')

/** The library’s own reader takes some escaped quotes and backslashes for something else. */
function readRelativeNames(text: string): JsonAttributeAndObjectValue[] {
  const names: JsonAttributeAndObjectValue[] = []
  let name: JsonAttributeAndObjectValue = {}
  const attributes = new RegExp(`([,+]?) *([A-Z]+)=(${value})`, 'gu')
  for (const [, before, type = '', escaped = ''] of text.matchAll(attributes)) {
    if (before !== '+') names.push((name = {}))
    const { [type]: others = [] } = name
    name[type] = [...others, typedValue(type, unescape(escaped))]
  }
  return names
}

function unescape(escaped: string): string {
  return escaped.replaceAll(/\\(?:0([AD])|(.))/gu, (_escape, end?: string, character?: string) =>
    end === undefined ? `${character}` : lineEnds[end as 'A' | 'D'],
  )
}

const lineEnds = { A: '\n', D: '\r' }

function typedValue(type: string, text: string) {
  // RFC 5280 §4.1.2.4 and appendix A.1.
  if (type === 'E' || type === 'DC') return { ia5String: text }
  return Name.isPrintableString(text) ? { printableString: text } : { utf8String: text }
}
