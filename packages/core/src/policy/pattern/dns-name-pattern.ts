import { parseDnsName } from '../../identity-value/dns-name.js'
import type { IdentityRange, PatternSyntax } from './pattern-syntax.js'

/**
 * A pattern of DNS names: `*` is one whole label, a leading `**` is all the labels up to there, of
 * which there is at least one. The last two labels are literal, so that no pattern reaches across a
 * top-level domain.
 */
export function parseDnsNamePattern(text: string): PatternSyntax {
  if (!text.includes('*')) return parseDnsName(text)
  const labels = text.split('.')
  if (labels.some(hasPartialWildcard)) return { fault: 'a wildcard must be a whole label' }
  if (labels.slice(1).includes('**')) return { fault: '** must be the first label' }
  if (labels.length < 3 || labels.slice(-2).some(isWildcard)) {
    return { fault: 'a pattern with a wildcard must end with two literal labels' }
  }
  const sample = parseDnsName(labels.map(fillWildcard).join('.'))
  return 'fault' in sample
    ? sample
    : createDnsNamePattern(labels.map((label) => label.toLowerCase()))
}

function hasPartialWildcard(label: string): boolean {
  return label.includes('*') && !isWildcard(label)
}

function isWildcard(label: string): boolean {
  return label === '*' || label === '**'
}

/** What a wildcard may stand for, so that the parser of identities judges the literal parts. */
function fillWildcard(label: string): string {
  return isWildcard(label) ? 'x' : label
}

function createDnsNamePattern(labels: readonly string[]): IdentityRange {
  const hasRest = labels[0] === '**'
  const steps = labels.slice(hasRest ? 1 : 0).toReversed()
  return { text: labels.join('.'), matches: (value) => matchLabels(steps, hasRest, value) }
}

/** From the last label to the first, as the hierarchy of names goes. */
function matchLabels(steps: readonly string[], hasRest: boolean, value: string): boolean {
  let end = value.length
  for (const step of steps) {
    if (end <= 0) return false
    const start = value.lastIndexOf('.', end - 1) + 1
    if (step !== '*' && !isLabelAt(value, step, start, end)) return false
    end = start - 1
  }
  return hasRest ? end > 0 : end < 0
}

function isLabelAt(value: string, label: string, start: number, end: number): boolean {
  return end - start === label.length && value.startsWith(label, start)
}
