import { parseDnsName } from '../../identity-value/dns-name.js'
import type { PatternSyntax } from './pattern-syntax.js'
import { parseUnitPattern } from './unit-pattern.js'
import { findWildcardFault, isWildcard } from './wildcard.js'

/**
 * A pattern of DNS names: `*` is one whole label, `{name}` captures one, a leading `**` is all the
 * labels up to there, of which there is at least one. The last two labels are literal, so that no
 * pattern reaches across a top-level domain.
 */
export function parseDnsNamePattern(text: string): PatternSyntax {
  return parseUnitPattern(text, {
    parse: parseDnsName,
    isPattern: (written) => /[*{}]/.test(written),
    split: splitLabels,
    join: (labels) => labels.toReversed().join('.'),
    findFault,
  })
}

/** From the last label to the first, as the hierarchy of names goes. */
export function splitLabels(text: string): readonly string[] {
  return text.split('.').toReversed()
}

function findFault(labels: readonly string[]): string | undefined {
  const fault = findWildcardFault(labels, 'a whole label')
  if (fault !== undefined) return fault
  if (labels.slice(0, -1).includes('**')) return '** must be the first label'
  if (labels.length < 3 || labels.slice(0, 2).some(isWildcard)) {
    return 'a pattern with a wildcard must end with two literal labels'
  }
  return undefined
}
