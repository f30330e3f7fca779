import { PeerGateError } from '../../errors.js'
import { optionError } from '../../options.js'
import type { Answers, Asking } from './asking.js'
import type { Conclude } from './conclude.js'
import { allow, deny } from './decision.js'
import type { Decision, DeniedDecision, PendingDecision } from './decision.js'
import { createJudge } from './judge.js'
import type { Judge, Jury } from './jury.js'
import type {
  AdmittedQuestion,
  DescribeRequest,
  MaybeSender,
  Question,
  Sender,
} from './question.js'
import type { PermissionRequirement, Requirement } from '../requirement/requirement.js'
import {
  enforcedOf,
  makeRequirement,
  proposedBy,
  requirementForms,
  statementOf,
} from '../requirement/statement.js'
import type { EnforcedStatement, PermissionStatement, Statement } from '../requirement/statement.js'
import { createTrial } from './trial.js'
import type { Trial } from './trial.js'
import { refuseUnknownSet } from '../trust-sets.js'
import type { TrustSets } from '../trust-sets.js'
import { refuseUnknownPermission } from '../unknown-permission.js'

/**
 * A requirement made ready for requests. It neither throws nor rejects: what is no sender is refused.
 * The decision is a promise only where a predicate or an external engine gave one.
 *
 * `request` is what predicates and engines are given; `params` are the parameters of its route, which
 * grants can demand. Without them, a grant that demands one is not met. `describe` is for an adapter's
 * own request; without it, `request` is Node's.
 */
export type Guard = (
  sender: Sender,
  request?: unknown,
  params?: unknown,
  describe?: DescribeRequest,
) => PendingDecision

/** The two doors from a policy to the requirements of routes. */
export interface Requirements<Permission extends string> {
  readonly permission: <Tag extends Permission>(tag: Tag) => PermissionRequirement<Tag>
  readonly guard: (requirement: Requirement) => Guard
}

/** What requirements are read and judged by. */
export interface RequirementContext {
  /** The vocabulary that requirements may name. */
  readonly permissions: () => readonly string[]
  readonly trustSets: TrustSets
  /** The same object until the policy changes; a decision that has begun keeps to its own. */
  readonly jury: () => Jury
  /** The same of the policy that is only tried; null without one. */
  readonly shadowJury: () => Jury | null
  /** Told of every decision, whose answer is what it gives. */
  readonly conclude: Conclude
  /** Told of every guard that is made, and of what it states. */
  readonly remember: (guard: Guard, statement: Statement) => void
}

export function createRequirements<Permission extends string>({
  permissions,
  trustSets,
  jury,
  shadowJury,
  conclude,
  remember,
}: RequirementContext): Requirements<Permission> {
  const gate = {}

  function permission<Tag extends Permission>(tag: Tag): PermissionRequirement<Tag> {
    refuseUnknownPermission(tag, permissions())
    const statement = { kind: 'permission', tag, gate } as const
    return makeRequirement({ permission: tag }, statement) as PermissionRequirement<Tag>
  }

  function refuseUnfit(statement: EnforcedStatement | null): void {
    if (statement?.kind === 'permission') {
      refuseForeign(statement, gate)
      refuseUnknownPermission(statement.tag, permissions())
    }
    if (statement?.kind === 'trustSet') refuseUnknownSet('requirement', statement.name, trustSets)
    if (statement !== null && 'parts' in statement) statement.parts.forEach(refuseUnfit)
  }

  function guard(requirement: Requirement): Guard {
    const statement = readStatement(requirement)
    const enforced = enforcedOf(statement)
    for (const one of [enforced, proposedBy(statement)]) refuseUnfit(one)
    const ask = createAsk(enforced, jury)
    const trial = createTrial(statement, { jury, shadowJury, conclude })
    function guardRequest(...[sender, request, params, describe]: Parameters<Guard>) {
      if (conclude.isIdle()) return ask(sender, request, params, null)
      const question = { sender, statement: enforced, request, describe }
      if (!trial.isIdle()) return askAndTry(ask, trial, { question, params, conclude })
      const decision = ask(sender, request, params, null)
      // Whose promise it is depends on what the application put in the place of `Promise`.
      if (!('allowed' in decision)) return decision.then((late) => conclude.settle(late, question))
      return conclude.settle(decision, question)
    }
    remember(guardRequest, statement)
    return guardRequest
  }

  return { permission, guard }
}

function readStatement(requirement: unknown): Statement {
  const statement = statementOf(requirement)
  if (statement === undefined) throw optionError('requirement', requirementForms)
  return statement
}

function refuseForeign({ tag, gate }: PermissionStatement, own: object): void {
  if (gate === null || gate === own) return
  const fault = `the requirement of ${tag} was not made by this gate`
  throw new PeerGateError('ERR_PEERGATE_GATE_FOREIGN', fault)
}

const allowedPublic = allow('public')

type Ask = (
  sender: MaybeSender,
  request: unknown,
  params: unknown,
  asking: Asking | null,
) => PendingDecision

function createAsk(statement: EnforcedStatement, jury: () => Jury): Ask {
  if (statement.kind === 'publicRoute') return guardPublic
  let judged = jury()
  let judge: Judge = createJudge(statement, judged)
  return (sender, request, params, asking) => {
    const identity = sender?.identity ?? null
    if (identity === null) return refuse(sender)
    const current = jury()
    if (current !== judged) [judged, judge] = [current, createJudge(statement, current)]
    return judge(identity, request, params, asking)
  }
}

/** A question of which something is to be tried. */
interface AskedQuestion {
  readonly question: Question
  readonly params: unknown
  readonly conclude: Conclude
}

/** The decision of `ask`; what is tried behind it is not waited for. */
function askAndTry(
  ask: Ask,
  trial: Trial,
  { question, params, conclude }: AskedQuestion,
): PendingDecision {
  const { sender, request } = question
  const answers: Answers = new Map()
  function settle(decision: Decision): Decision {
    const settled = conclude.settle(decision, question)
    if (!decision.allowed) return settled
    const refusal = (sender?.identity ?? null) === null ? refuse(sender) : null
    // Nobody is let in whom no gate has admitted.
    trial.run({ question: question as AdmittedQuestion, params, answers, refusal })
    return settled
  }
  const decision = ask(sender, request, params, { answers, isShadow: false })
  return 'allowed' in decision ? settle(decision) : decision.then(settle)
}

function guardPublic(sender: MaybeSender): Decision {
  return (sender?.evidence ?? null) === null ? refuse(sender) : allowedPublic
}

function refuse(sender: MaybeSender): DeniedDecision {
  return deny('refused', sender?.refusal ?? notAdmitted())
}

function notAdmitted(): PeerGateError {
  const fault = 'a guard was asked about a request that no gate has admitted'
  return new PeerGateError('ERR_PEERGATE_MIDDLEWARE_MISSING', fault)
}
