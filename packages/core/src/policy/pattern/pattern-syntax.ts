import type { IdentityValue } from '../../identity-value/identity-value.js'

/** What a pattern's text is: one identity, many identities, or the first rule that it breaks. */
export type PatternSyntax = IdentityValue | IdentityRange

/** The identities that a pattern with a wildcard or a prefix length stands for. */
export interface IdentityRange {
  /** The pattern with its literal parts in canonical form. */
  readonly text: string
  readonly matches: (identity: string) => boolean
}
