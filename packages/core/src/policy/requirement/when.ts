import { optionError } from '../../options.js'
import type { Predicate } from './predicate.js'
import type { WhenRequirement } from './requirement.js'
import { makeRequirement } from './statement.js'

/**
 * Any identity for which `predicate` gives exactly `true`, or a promise of it; for what no grant can
 * say, such as who owns the record. It is given the framework's own request, whose body is not read
 * yet. Whatever else it gives is a denial; so is what it throws, with
 * ERR_PEERGATE_CONDITION_FAULTY.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const permission = allOf('invoice:read', when(isOwner))
 * app.get('/invoices/:id', { config: { permission } }, readInvoice)
 * ```
 */
export function when<Request>(predicate: Predicate<Request>): WhenRequirement {
  if (typeof predicate !== 'function') throw optionError('when', 'must be given a function')
  const name = nameOf(predicate)
  const statement = { kind: 'when', predicate: predicate as Predicate, name } as const
  return makeRequirement({ when: name }, statement) as WhenRequirement
}

/** Any value can be put in the place of the name of a function. */
function nameOf({ name }: { readonly name: unknown }): string {
  return typeof name === 'string' && name !== '' ? name : 'anonymous'
}
