import { quote } from '../identity-value/quote.js'
import { optionError } from '../options.js'
import type { AllOfRequirement, IdentityRequirement } from './requirement.js'
import { makeRequirement, requirementForms, statementOf } from './statement.js'
import type { SingleStatement } from './statement.js'

/**
 * Any identity that meets every one of `requirements`, which are asked in this order: the first that
 * it does not meet is the answer. They can be `allOf(…)` again.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for nothing, for what is no requirement, for
 * `publicRoute`, and for two different sets, of which no peer has both
 *
 * @example
 * ```ts
 * const permission = allOf('invoice:read', trustSet('payments'))
 * app.get('/invoices/:id', { config: { permission } }, readInvoice)
 * ```
 */
export function allOf(
  ...requirements: readonly [IdentityRequirement, ...IdentityRequirement[]]
): AllOfRequirement {
  if (requirements.length < 1) throw optionError('allOf', 'must be given at least one requirement')
  const parts = requirements.flatMap(readParts)
  refuseTwoSets(parts)
  const shown = { allOf: Object.freeze(requirements) }
  return makeRequirement(shown, { kind: 'allOf', parts }) as AllOfRequirement
}

/** What a requirement states; of an `allOf` within this one, what its parts state. */
function readParts(requirement: unknown, index: number): readonly SingleStatement[] {
  const place = `requirement ${index + 1}`
  const statement = statementOf(requirement)
  if (statement === undefined) throw optionError('allOf', `${place} ${requirementForms}`)
  if (statement.kind === 'publicRoute') {
    const fault = `${place} is publicRoute, which lets in whom the others refuse; leave it out`
    throw optionError('allOf', fault)
  }
  return statement.kind === 'allOf' ? statement.parts : [statement]
}

/** Nobody could meet both, so that the route would be closed in silence. */
function refuseTwoSets(parts: readonly SingleStatement[]): void {
  const names = parts.flatMap((part) => (part.kind === 'trustSet' ? part.name : []))
  const [first = '', other] = new Set(names)
  if (other === undefined) return
  const fault = `a peer is admitted by one set, and these are ${quote(first)} and ${quote(other)}`
  throw optionError('allOf', fault)
}
