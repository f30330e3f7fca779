import type { IdentityValue } from '../../identity-value/identity-value.js'

/** What a pattern's text is: one identity, many identities, or the first rule that it breaks. */
export type PatternSyntax = IdentityValue | IdentityRange

/** The identities that a pattern with a wildcard or a prefix length stands for. */
export type IdentityRange = UnitRange | NetworkRange

/**
 * By wildcards: an identity is taken apart into units, from the widest to the narrowest, and the
 * pattern says what each of them must be.
 */
export interface UnitRange {
  /** The pattern with its literal parts in canonical form, and its captures by their names. */
  readonly text: string
  /** What the first units must be: a literal, or null for any that is not empty. */
  readonly steps: readonly Step[]
  /** Whether there must be more units than steps, the first of them not empty. */
  readonly hasRest: boolean
  /** The names of the units that the pattern captures, by the position of the unit. */
  readonly captures: ReadonlyMap<number, string>
}

export type Step = string | null

/** By a prefix length. */
interface NetworkRange {
  /** The network in canonical form. */
  readonly text: string
  /** What the bits of an address, as `writeBits` writes them, must begin with. */
  readonly prefix: string
}
