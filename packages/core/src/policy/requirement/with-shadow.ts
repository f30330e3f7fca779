import { optionError } from '../../options.js'
import type { IdentityRequirement, PublicRequirement, ShadowRequirement } from './requirement.js'
import { makeRequirement, requirementForms, statementOf } from './statement.js'
import type { EnforcedStatement, IdentityStatement } from './statement.js'

/**
 * What `live` lets in, as if nothing else were stated. Of every request that it lets in, `proposed` is
 * judged as well: whom that would deny is recorded by the event `permission-denied`, with
 * `policy: 'shadow'`, or, where `live` is `publicRoute` and the peer has no identity, by
 * `identity-rejected`, with `isEnforced: false`. It changes no answer. Nothing of it is judged while
 * nobody listens to these events.
 *
 * A predicate or an engine that `live` has asked for a request is not asked again; one that it did not
 * come to is asked by `proposed` alone, and never waited for.
 *
 * It stands where a route states its requirement, and in no other requirement.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for what is no requirement, for `withShadow(…)` in
 * another, and for a `proposed` that is `publicRoute`, which denies nobody
 *
 * @example
 * ```ts
 * const permission = withShadow(authenticated, 'invoice:read')
 * app.get('/invoices/:id', { config: { permission } }, readInvoice)
 * ```
 */
export function withShadow(
  live: IdentityRequirement | PublicRequirement,
  proposed: IdentityRequirement,
): ShadowRequirement {
  const statement = {
    kind: 'withShadow',
    live: readPart('live', live),
    proposed: readProposed(proposed),
  } as const
  return makeRequirement({ live, proposed }, statement) as ShadowRequirement
}

function readPart(name: string, requirement: unknown): EnforcedStatement {
  const statement = statementOf(requirement)
  if (statement === undefined) throw optionError('withShadow', `"${name}" ${requirementForms}`)
  if (statement.kind !== 'withShadow') return statement
  throw optionError('withShadow', `"${name}" is withShadow(…) itself; propose one at a time`)
}

function readProposed(requirement: unknown): IdentityStatement {
  const statement = readPart('proposed', requirement)
  if (statement.kind !== 'publicRoute') return statement
  throw optionError('withShadow', '"proposed" is publicRoute, which would deny nobody')
}
