import type { ClientIdentity } from '../../client-identity.js'
import { PeerGateError } from '../../errors.js'
import { quote } from '../../identity-value/quote.js'
import type { CompiledGrant } from '../grant/compile-grant.js'
import type { CompiledPolicy } from '../compile-policy.js'
import { explainDenial } from './explain-denial.js'
import { allow, denyLater } from './decision.js'
import type { AllowedDecision, Decision, DeniedDecision } from './decision.js'
import { holds } from '../grant/verdict.js'
import type { Effect, RequestVerdict, Verdict } from '../grant/verdict.js'

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
    if ('allowed' in answer) return answer
    // Once, since at two moments no grant might deny what none gives at either.
    return answer.decide(params, answer.needsTime ? clock() : Number.NaN)
  }
}

/** What the policy says of one identity. */
interface Holding {
  readonly grants: readonly CompiledGrant[]
  /** By permission; there are no more than the vocabulary has. */
  readonly answers: Map<string, Answer>
}

type Answer = Decision | OpenAnswer

/** An answer that depends on the request. */
interface OpenAnswer {
  readonly decide: (params: unknown, now: number) => Decision
  readonly needsTime: boolean
}

/** A grant whose fixed conditions were judged: its decision, and what is left to ask of each request. */
interface Ruling {
  readonly decision: Decision
  readonly verdicts: readonly RequestVerdict[]
  readonly isTimed: boolean
}

/** Decisions are made here, so that none is made for a request. */
function createAnswer(
  grants: readonly CompiledGrant[],
  identity: ClientIdentity,
  permission: string,
): Answer {
  const denials = readRulings(grants, 'deny', identity, permission)
  const allowances = readRulings(grants, 'allow', identity, permission)
  const [first] = [...denials, ...allowances]
  if (first !== undefined && first.verdicts.length === 0) return first.decision
  const otherwise = denyUngranted(grants, identity, permission)
  if (first === undefined) return otherwise
  return {
    needsTime: [...denials, ...allowances].some(({ isTimed }) => isTimed),
    decide: (params, now) =>
      findDecision('deny', denials, params, now) ??
      findDecision('allow', allowances, params, now) ??
      otherwise,
  }
}

/** Of the grants that have the permission, those whose fixed conditions do not exclude the identity. */
function readRulings(
  grants: readonly CompiledGrant[],
  effect: Effect,
  identity: ClientIdentity,
  permission: string,
): readonly Ruling[] {
  return grants.flatMap((grant) => {
    if (!hasEffect(grant, effect, permission)) return []
    const judged = grant.conditions.map(({ judge }) => judge(identity))
    if (judged.some((verdict) => !isOpen(verdict) && !holds(effect, verdict))) return []
    const decision = effect === 'allow' ? allowBy(grant) : denyBy(grant, identity, permission)
    return [{ decision, verdicts: judged.filter(isOpen), isTimed: grant.isTimed }]
  })
}

function hasEffect(
  { allowed, denied }: CompiledGrant,
  effect: Effect,
  permission: string,
): boolean {
  return (effect === 'allow' ? allowed : denied).has(permission)
}

function isOpen(verdict: RequestVerdict | Verdict): verdict is RequestVerdict {
  return typeof verdict === 'function'
}

function findDecision(
  effect: Effect,
  rulings: readonly Ruling[],
  params: unknown,
  now: number,
): Decision | null {
  for (const { decision, verdicts } of rulings) {
    if (areHeld(effect, verdicts, params, now)) return decision
  }
  return null
}

function areHeld(
  effect: Effect,
  verdicts: readonly RequestVerdict[],
  params: unknown,
  now: number,
): boolean {
  for (const judge of verdicts) {
    if (!holds(effect, judge(params, now))) return false
  }
  return true
}

function allowBy({ name }: CompiledGrant): AllowedDecision {
  return allow('granted', name)
}

function denyBy(
  { name, place }: CompiledGrant,
  { value }: ClientIdentity,
  permission: string,
): DeniedDecision {
  return denyLater(
    'denied',
    () => permissionDenied(`${place} denies ${permission} to ${quote(value)}`),
    name,
  )
}

function denyUngranted(
  grants: readonly CompiledGrant[],
  identity: ClientIdentity,
  permission: string,
): DeniedDecision {
  return denyLater('not-granted', () =>
    permissionDenied(explainDenial(grants, identity, permission)),
  )
}

function permissionDenied(detail: string): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_PERMISSION_DENIED', detail)
}
