import type { ClientIdentity } from '../../client-identity.js'
import { PeerGateError } from '../../errors.js'
import { optionError } from '../../options.js'
import { allow, deny } from './decision.js'
import type { Decision, DeniedDecision, PendingDecision } from './decision.js'
import { createJudge } from './judge.js'
import type { Judge, Jury } from './jury.js'
import type { PermissionRequirement, Requirement } from '../requirement/requirement.js'
import { makeRequirement, requirementForms, statementOf } from '../requirement/statement.js'
import type { IdentityStatement, PermissionStatement, Statement } from '../requirement/statement.js'
import { refuseUnknownSet } from '../trust-sets.js'
import type { TrustSets } from '../trust-sets.js'
import { refuseUnknownPermission } from '../unknown-permission.js'

/** What a decision needs to know of the sender of a request. */
export type Sender =
  | { readonly evidence: object; readonly identity: ClientIdentity; readonly refusal: null }
  | { readonly evidence: object | null; readonly identity: null; readonly refusal: PeerGateError }

/**
 * A requirement made ready for requests. It neither throws nor rejects: what is no sender is refused.
 * The decision is a promise only where a predicate or an external engine gave one.
 *
 * `request` is what predicates and engines are given; `params` are the parameters of its route, which
 * grants can demand. Without them, a grant that demands one is not met.
 */
export type Guard = (sender: Sender, request?: unknown, params?: unknown) => PendingDecision

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
  /** Told of every guard that is made, and of what it states. */
  readonly remember: (guard: Guard, statement: Statement) => void
}

export function createRequirements<Permission extends string>({
  permissions,
  trustSets,
  jury,
  remember,
}: RequirementContext): Requirements<Permission> {
  const gate = {}

  function permission<Tag extends Permission>(tag: Tag): PermissionRequirement<Tag> {
    refuseUnknownPermission(tag, permissions())
    const statement = { kind: 'permission', tag, gate } as const
    return makeRequirement({ permission: tag }, statement) as PermissionRequirement<Tag>
  }

  function refuseUnfit(statement: IdentityStatement): void {
    if (statement.kind === 'permission') {
      refuseForeign(statement, gate)
      refuseUnknownPermission(statement.tag, permissions())
    }
    if (statement.kind === 'trustSet') refuseUnknownSet('requirement', statement.name, trustSets)
    if ('parts' in statement) statement.parts.forEach(refuseUnfit)
  }

  function createGuard(statement: Statement): Guard {
    if (statement.kind === 'publicRoute') return guardPublic.bind(null)
    refuseUnfit(statement)
    let judged = jury()
    let judge: Judge = createJudge(statement, judged)
    return (sender: MaybeSender, request, params) => {
      const identity = sender?.identity ?? null
      if (identity === null) return refuse(sender)
      const current = jury()
      if (current !== judged) [judged, judge] = [current, createJudge(statement, current)]
      return judge(identity, request, params)
    }
  }

  function guard(requirement: Requirement): Guard {
    const statement = readStatement(requirement)
    const made = createGuard(statement)
    remember(made, statement)
    return made
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

/** Null where an adapter asks about a request that it never admitted. */
type MaybeSender = Sender | null | undefined

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
