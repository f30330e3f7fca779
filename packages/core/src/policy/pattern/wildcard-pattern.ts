import type { IdentityValue } from '../../identity-value/identity-value.js'

/** A pattern that stands for more than one identity. */
export interface WildcardPattern {
  /** With its literal parts in canonical form. */
  readonly text: string
  readonly matches: (value: string) => boolean
}

/** What a pattern's text is: one identity, many identities, or the first rule that it breaks. */
export type PatternSyntax = IdentityValue | WildcardPattern
