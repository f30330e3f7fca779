import type { ClientIdentity } from '../client-identity.js'
import { PeerGateError } from '../errors.js'
import { quote } from '../identity-value/quote.js'
import type { CompiledGrant } from './compile-grant.js'
import type { CompiledPolicy } from './compile-policy.js'
import type { RequestVerdict, Verdict } from './verdict.js'
import { allow, deny } from './decision.js'
import type { AllowedDecision, Decision, DeniedDecision } from './decision.js'

/** Decides whether an identity holds a permission, on a route with these parameters. */
export type Decide = (identity: ClientIdentity, permission: string, params: unknown) => Decision

/**
 * Decides by the grants of a policy. What an identity holds is found once, as far as no request can
 * change it: the identity of a connection is one object, so that every further request of it costs
 * two look-ups, and makes nothing.
 */
export function createDecide({ find }: CompiledPolicy, clock: () => number): Decide {
  const holdings = new WeakMap<ClientIdentity, Holding>()
  return (identity, permission, params) => {
    let holding = holdings.get(identity)
    if (holding === undefined) {
      holding = { grants: find(identity), answers: new Map() }
      holdings.set(identity, holding)
    }
    let answer = holding.answers.get(permission)
    if (answer === undefined) {
      answer = createAnswer(holding.grants, identity, permission)
      holding.answers.set(permission, answer)
    }
    return typeof answer === 'function' ? answer(params, clock()) : answer
  }
}

/** What the policy says of one identity. */
interface Holding {
  readonly grants: readonly CompiledGrant[]
  /** By permission; there are no more than the vocabulary has. */
  readonly answers: Map<string, Answer>
}

type Answer = Decision | ((params: unknown, now: number) => Decision)

/** A grant whose fixed conditions were judged: what is left to ask of each request. */
interface OpenGrant {
  readonly grant: CompiledGrant
  readonly verdicts: readonly RequestVerdict[]
}

function createAnswer(
  grants: readonly CompiledGrant[],
  identity: ClientIdentity,
  permission: string,
): Answer {
  const denying = openGrants(grants, identity, {
    hasIt: ({ denied }) => denied.has(permission),
    holds: (verdict) => verdict !== 'unmet',
  })
  const denied = denying.find(isSure)
  if (denied !== undefined) return denyBy(denied.grant, identity, permission)
  const allowing = openGrants(grants, identity, {
    hasIt: ({ allowed }) => allowed.has(permission),
    holds: (verdict) => verdict === 'met',
  })
  const [first] = allowing
  if (denying.length === 0) {
    if (first === undefined) return denyUngranted(grants, identity, permission)
    if (isSure(first)) return allowBy(first.grant)
  }
  // An error is made for a log to show, and not for each of the requests that it answers.
  const denials = denying.map(({ grant, verdicts }) => ({
    verdicts,
    decision: denyBy(grant, identity, permission),
  }))
  const allowances = allowing.map(({ grant, verdicts }) => ({ verdicts, decision: allowBy(grant) }))
  const otherwise = denyUngranted(grants, identity, permission)
  return (params, now) => {
    const found =
      denials.find(({ verdicts }) => verdicts.every((judge) => judge(params, now) !== 'unmet')) ??
      allowances.find(({ verdicts }) => verdicts.every((judge) => judge(params, now) === 'met'))
    return found?.decision ?? otherwise
  }
}

function isSure({ verdicts }: OpenGrant): boolean {
  return verdicts.length === 0
}

/** The grants that have a permission, without those whose fixed conditions exclude the identity. */
function openGrants(
  grants: readonly CompiledGrant[],
  identity: ClientIdentity,
  effect: {
    readonly hasIt: (grant: CompiledGrant) => boolean
    readonly holds: (verdict: Verdict) => boolean
  },
): readonly OpenGrant[] {
  return grants.filter(effect.hasIt).flatMap((grant) => {
    const verdicts: RequestVerdict[] = []
    for (const { judge } of grant.conditions) {
      const verdict = judge(identity)
      if (typeof verdict === 'function') verdicts.push(verdict)
      else if (!effect.holds(verdict)) return []
    }
    return [{ grant, verdicts }]
  })
}

function allowBy({ name }: CompiledGrant): AllowedDecision {
  return allow('granted', name)
}

function denyBy(
  { name, place }: CompiledGrant,
  { value }: ClientIdentity,
  permission: string,
): DeniedDecision {
  const fault = `${place} denies ${permission} to ${quote(value)}`
  return deny('denied', new PeerGateError('ERR_PEERGATE_PERMISSION_DENIED', fault), name)
}

/** Grants of this identity that would give it say on which condition; those of others say nothing. */
function denyUngranted(
  grants: readonly CompiledGrant[],
  { value }: ClientIdentity,
  permission: string,
): DeniedDecision {
  const near = grants
    .filter(({ allowed }) => allowed.has(permission))
    .map(
      ({ place, conditions }) =>
        `${place} needs ${conditions.map(({ wording }) => wording).join(' and ')}`,
    )
  const fault = `no grant gives ${permission} to ${quote(value)}`
  const detail = [fault, ...near].join('; ')
  return deny('not-granted', new PeerGateError('ERR_PEERGATE_PERMISSION_DENIED', detail))
}
