import type { IdentityKind } from '../../client-identity.js'
import { createNetworkIndex } from './network-index.js'
import type { NetworkEntry } from './network-index.js'
import type { IdentityRange } from './pattern-syntax.js'
import { splitUnits } from './split-units.js'
import { createStepTrie } from './step-trie.js'

/** The positions of all patterns that stand for the identity, ascending. */
export type PatternIndex = (identity: string) => readonly number[]

/** What the index needs of a pattern. */
export interface IndexedPattern {
  readonly kind: IdentityKind
  readonly exact: string | null
  readonly range: IdentityRange | null
}

/**
 * Looks identities, given in the canonical form of `kind`, up among the patterns of this kind; those
 * of another match nothing. A look-up takes the time of the identity's length and of the patterns that
 * begin as the identity does; it keeps nothing of the identity.
 */
export function createPatternIndex(
  kind: IdentityKind,
  patterns: readonly IndexedPattern[],
): PatternIndex {
  const exacts = new Map<string, number[]>()
  const trie = createStepTrie()
  const networks: NetworkEntry[] = []
  for (const [entry, { exact, range, ...pattern }] of patterns.entries()) {
    if (pattern.kind !== kind) continue
    if (exact !== null) addExact(exacts, exact, entry)
    if (range !== null && 'steps' in range) trie.add(range, entry)
    if (range !== null && 'prefix' in range) networks.push({ entry, prefix: range.prefix })
  }
  const findNetworks = networks.length === 0 ? findNone : createNetworkIndex(networks)
  return (identity) => {
    const exact = exacts.get(identity) ?? none
    const found = [...exact, ...findNetworks(identity), ...trie.find(splitUnits(kind, identity))]
    return found.toSorted(ascending)
  }
}

const none: readonly number[] = []

function findNone(): readonly number[] {
  return none
}

function addExact(exacts: Map<string, number[]>, identity: string, entry: number): void {
  const known = exacts.get(identity)
  if (known === undefined) exacts.set(identity, [entry])
  else known.push(entry)
}

function ascending(a: number, b: number): number {
  return a - b
}
