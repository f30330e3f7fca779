import { quote } from '../../identity-value/quote.js'
import { optionError } from '../../options.js'
import type { AllOfRequirement, AnyOfRequirement, IdentityRequirement } from './requirement.js'
import { makeRequirement, requirementForms, statementOf } from './statement.js'
import type { CombinedStatement, IdentityStatement } from './statement.js'

type Requirements = readonly [IdentityRequirement, ...IdentityRequirement[]]

/**
 * Any identity that meets every one of `requirements`, which are asked in this order: the first that
 * it does not meet is the answer. They can be `allOf(…)` and `anyOf(…)` again.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for nothing, for what is no requirement, for
 * `publicRoute` and `withShadow(…)`, and for two different sets, of which no peer has both
 *
 * @example
 * ```ts
 * const permission = allOf('invoice:read', trustSet('payments'))
 * app.get('/invoices/:id', { config: { permission } }, readInvoice)
 * ```
 */
export function allOf(...requirements: Requirements): AllOfRequirement {
  const parts = readParts('allOf', requirements)
  refuseTwoSets(parts)
  const shown = { allOf: Object.freeze(requirements) }
  return makeRequirement(shown, { kind: 'allOf', parts }) as AllOfRequirement
}

/**
 * Any identity that meets one of `requirements`, which are asked in this order: the first that it
 * meets is the answer, and where it meets none, the denial of the first. They can be `allOf(…)` and
 * `anyOf(…)` again.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for nothing, for what is no requirement, for
 * `withShadow(…)`, and for `publicRoute` and `authenticated`, which would make the others idle
 *
 * @example
 * ```ts
 * const permission = anyOf('invoice:read', allOf('audit:read', trustSet('auditors')))
 * app.get('/invoices/:id', { config: { permission } }, readInvoice)
 * ```
 */
export function anyOf(...requirements: Requirements): AnyOfRequirement {
  const parts = readParts('anyOf', requirements)
  if (parts.some(isMetByAll)) {
    const fault = 'one of them is authenticated, which every identity meets; leave the others out'
    throw optionError('anyOf', fault)
  }
  const shown = { anyOf: Object.freeze(requirements) }
  return makeRequirement(shown, { kind: 'anyOf', parts }) as AnyOfRequirement
}

/** What the requirements state; of one of the same kind among them, what its parts state. */
function readParts(
  kind: CombinedStatement['kind'],
  requirements: readonly unknown[],
): readonly IdentityStatement[] {
  if (requirements.length < 1) throw optionError(kind, 'must be given at least one requirement')
  return requirements.flatMap((requirement, index) => {
    const place = `requirement ${index + 1}`
    const statement = statementOf(requirement)
    if (statement === undefined) throw optionError(kind, `${place} ${requirementForms}`)
    if (statement.kind === 'publicRoute') {
      const fault = `${place} is publicRoute, which lets in whom the others refuse; leave it out`
      throw optionError(kind, fault)
    }
    if (statement.kind === 'withShadow') {
      const fault = `${place} is withShadow(…), which can stand in no other; put ${kind}(…) into it`
      throw optionError(kind, fault)
    }
    return statement.kind === kind ? statement.parts : [statement]
  })
}

/** Within an anyOf there is none, since that would have been refused. */
function isMetByAll(statement: IdentityStatement): boolean {
  if (statement.kind === 'authenticated') return true
  return statement.kind === 'allOf' && statement.parts.every(isMetByAll)
}

/** Nobody could meet both, so that the route would be closed in silence. */
function refuseTwoSets(parts: readonly IdentityStatement[]): void {
  const names = parts.flatMap((part) => (part.kind === 'trustSet' ? part.name : []))
  const [first = '', other] = new Set(names)
  if (other === undefined) return
  const fault = `a peer is admitted by one set, and these are ${quote(first)} and ${quote(other)}`
  throw optionError('allOf', fault)
}
