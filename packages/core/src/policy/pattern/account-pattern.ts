import type { IdentityParser } from '../../identity-value/identity-value.js'
import type { PatternSyntax } from './pattern-syntax.js'

const everyone = '*@'

/** A pattern of a kind of identity that is an account at a domain: one account, or `*@domain`. */
export function parseAccountPattern(text: string, parse: IdentityParser): PatternSyntax {
  if (!text.includes('*')) return parse(text)
  if (!text.startsWith(everyone) || text.includes('*', 1)) {
    return { fault: 'a wildcard must be the whole local part' }
  }
  // The wildcard may stand for x, so the parser of identities judges the domain.
  const sample = parse(`x@${text.slice(everyone.length)}`)
  if ('fault' in sample) return sample
  const domain = sample.value.slice('x'.length)
  return { text: `*${domain}`, matches: (value) => value.endsWith(domain) }
}
