import type { IdentityParser } from '../../identity-value/identity-value.js'
import type { PatternSyntax } from './pattern-syntax.js'
import { parseUnitPattern } from './unit-pattern.js'
import { findWildcardFault, isWildcard } from './wildcard.js'

/**
 * A pattern of a kind of identity that has a path: `*` is one whole segment, `{name}` captures one, a
 * trailing `**` is all the segments from there on, of which there is at least one. Wildcards stand for
 * nothing in front of the path, where the authority is, and nothing after it, where query and
 * fragment are.
 */
export function parsePathPattern(text: string, parse: IdentityParser): PatternSyntax {
  return parseUnitPattern(text, {
    parse,
    isPattern: (written) => /[*{}]/.test(written),
    split: splitText,
    join: (units) => units.join('/'),
    findFault,
  })
}

/**
 * The root and the segments of an identity's path; none of one with a query or a fragment, to which
 * wildcards do not reach.
 */
export function splitPath(identity: string): readonly string[] {
  return /[?#]/.test(identity) ? [] : splitText(identity)
}

/** Without an authority, the root is the scheme and what stands before the first slash: `urn:example:a`. */
function splitText(text: string): readonly string[] {
  const slash = text.indexOf('/')
  const pathStart = text.startsWith('//', slash) ? text.indexOf('/', slash + 2) : slash
  if (pathStart === -1) return [text]
  return [text.slice(0, pathStart), ...text.slice(pathStart + 1).split('/')]
}

function findFault(units: readonly string[]): string | undefined {
  const place = 'a whole segment of the path'
  const fault = findWildcardFault(units, place)
  if (fault !== undefined) return fault
  if (units.slice(0, 1).some(isWildcard)) return `a wildcard must be ${place}`
  if (units.slice(0, -1).includes('**')) return '** must be the last segment'
  if (/[?#]/.test(units.join('/'))) return 'a pattern with a wildcard must end with the path'
  return undefined
}
