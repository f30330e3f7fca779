import { visible } from '../output/visible.js'
import type { RuleOutcome } from './list-identities.js'

/** What stands before the rules that find no name. */
export const noIdentity = 'no identity'

/** A row for each rule that gives an identity, or that finds a name and refuses it; and one for all others. */
export function identityRows(
  outcomes: readonly RuleOutcome[],
): readonly (readonly [string, string])[] {
  const missing = outcomes.filter(
    ({ refusal }) => refusal?.code === 'ERR_PEERGATE_IDENTITY_MISSING',
  )
  const found = outcomes.filter((outcome) => !missing.includes(outcome))
  const none = missing.map(({ rule }) => rule).join(', ')
  return [
    ...found.map(
      ({ rule, identity, refusal }) =>
        [rule, visible(identity ?? `refused: ${refusal?.detail}`)] as const,
    ),
    ...(missing.length === 0 ? [] : [[noIdentity, none] as const]),
  ]
}
