import type { IdentityParser } from '../../identity-value/identity-value.js'
import type { PatternSyntax, UnitRange } from './pattern-syntax.js'
import { isWildcard } from './wildcard.js'

/** How a kind of identity is written in units, and where its patterns may have wildcards. */
export interface UnitGrammar {
  readonly parse: IdentityParser
  /** Whether a text has wildcards, captures or what is left of them. */
  readonly isPattern: (text: string) => boolean
  /** The units of an identity or a pattern, from the widest to the narrowest. */
  readonly split: (text: string) => readonly string[]
  readonly join: (units: readonly string[]) => string
  /** The first rule of wildcards that the units break. */
  readonly findFault: (units: readonly string[]) => string | undefined
}

/** A pattern of a kind of identity that is written in units: one identity, or one with wildcards. */
export function parseUnitPattern(text: string, grammar: UnitGrammar): PatternSyntax {
  if (!grammar.isPattern(text)) return grammar.parse(text)
  const units = grammar.split(text)
  const fault = grammar.findFault(units)
  if (fault !== undefined) return { fault }
  const sample = grammar.parse(grammar.join(units.map(fillWildcard)))
  return 'fault' in sample ? sample : createRange(units, sample.value, grammar)
}

/** What a wildcard may stand for, so that the parser of identities judges the literal parts. */
function fillWildcard(unit: string): string {
  return isWildcard(unit) ? 'x' : unit
}

function createRange(
  units: readonly string[],
  sample: string,
  { split, join }: UnitGrammar,
): UnitRange {
  const wildcards = new Map(Array.from(units.entries()).filter(([, unit]) => isWildcard(unit)))
  const literals = split(sample)
  const steps = literals.map((unit, at) => (wildcards.has(at) ? null : unit))
  const hasRest = wildcards.get(units.length - 1) === '**'
  const captures = Array.from(wildcards).filter(([, unit]) => unit.startsWith('{'))
  return {
    text: join(literals.map((unit, at) => wildcards.get(at) ?? unit)),
    steps: hasRest ? steps.slice(0, -1) : steps,
    hasRest,
    captures: new Map(captures.map(([at, unit]) => [at, unit.slice(1, -1)])),
  }
}
