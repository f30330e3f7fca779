import type { IdentityParser } from '../../identity-value/identity-value.js'
import type { PatternSyntax } from './pattern-syntax.js'
import { parseUnitPattern } from './unit-pattern.js'
import { findWildcardFault, isLikeCapture, isWildcard } from './wildcard.js'

/**
 * A pattern of a kind of identity that is an account at a domain: one account, `*@domain`, or
 * `{name}@domain`, which captures the local part.
 *
 * Braces are legal in a local part (RFC 5322 §3.2.3), and there are accounts with them:
 * `SystemMailbox{e0dc1c29-…}` of Exchange. They are text, except where they would be taken for a
 * capture: one pair around the whole local part, or a pair around a name anywhere in it, which is
 * refused as a partial capture.
 */
export function parseAccountPattern(text: string, parse: IdentityParser): PatternSyntax {
  return parseUnitPattern(text, { parse, isPattern, split: splitAccount, join, findFault })
}

/** The domain, then the local part; of a text without @, all of it. */
export function splitAccount(text: string): readonly string[] {
  const at = text.indexOf('@')
  return at === -1 ? [text] : [text.slice(at + 1), text.slice(0, at)]
}

function join(units: readonly string[]): string {
  return units.toReversed().join('@')
}

function isPattern(text: string): boolean {
  const [domain = '', localPart = ''] = splitAccount(text)
  return text.includes('*') || /[{}]/.test(domain) || isLikeCapture(localPart)
}

function findFault(units: readonly string[]): string | undefined {
  const place = 'the whole local part'
  const fault = findWildcardFault(units, place)
  if (fault !== undefined) return fault
  if (units.slice(0, 1).some(isWildcard) || units.includes('**')) {
    return `a wildcard must be ${place}`
  }
  return undefined
}
