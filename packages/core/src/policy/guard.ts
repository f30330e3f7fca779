import type { ClientIdentity } from '../client-identity.js'
import { PeerGateError } from '../errors.js'
import { optionError, unknownName } from '../options.js'
import { createDecide } from './decision.js'
import type { Decide, Decision, DeniedDecision } from './decision.js'
import { createJudge } from './judge.js'
import { compiledGrantsOf } from './policy.js'
import type { Policy } from './policy.js'
import type { PermissionRequirement, Requirement } from './requirement.js'
import { makeRequirement, requirementForms, statementOf } from './statement.js'
import type { IdentityStatement, PermissionStatement, Statement } from './statement.js'
import { refuseUnknownSet } from './trust-sets.js'
import type { TrustSets } from './trust-sets.js'

/** What a decision needs to know of the sender of a request. */
export type Sender =
  | { readonly evidence: object; readonly identity: ClientIdentity; readonly refusal: null }
  | { readonly evidence: object | null; readonly identity: null; readonly refusal: PeerGateError }

/** A requirement made ready for requests. It never throws: what is no sender is refused. */
export type Guard = (sender: Sender) => Decision

/** The two doors from a policy to the requirements of routes. */
export interface Requirements<Permission extends string> {
  readonly permission: <Tag extends Permission>(tag: Tag) => PermissionRequirement<Tag>
  readonly guard: (requirement: Requirement) => Guard
}

export function createRequirements<Permission extends string>(
  policy: Policy,
  trustSets: TrustSets,
): Requirements<Permission> {
  const decide = createDecide(compiledGrantsOf(policy) ?? [])

  function permission<Tag extends Permission>(tag: Tag): PermissionRequirement<Tag> {
    refuseUnknownPermission(tag, policy)
    const statement = { kind: 'permission', tag, decide } as const
    return makeRequirement({ permission: tag }, statement) as PermissionRequirement<Tag>
  }

  function refuseUnfit(statement: IdentityStatement): void {
    if (statement.kind === 'permission') {
      refuseForeign(statement, decide)
      refuseUnknownPermission(statement.tag, policy)
    }
    if (statement.kind === 'trustSet') refuseUnknownSet('requirement', statement.name, trustSets)
    if (statement.kind === 'allOf') statement.parts.forEach(refuseUnfit)
  }

  function guard(requirement: Requirement): Guard {
    const statement = readStatement(requirement)
    if (statement.kind === 'publicRoute') return guardPublic
    refuseUnfit(statement)
    const judge = createJudge(statement, decide)
    return (sender) => {
      const identity = identityOf(sender)
      return identity === null ? refuse(sender) : judge(identity)
    }
  }

  return { permission, guard }
}

function readStatement(requirement: unknown): Statement {
  const statement = statementOf(requirement)
  if (statement === undefined) throw optionError('requirement', requirementForms)
  return statement
}

function refuseForeign({ tag, decide }: PermissionStatement, own: Decide): void {
  if (decide === null || decide === own) return
  const fault = `the requirement of ${tag} was not made by this gate`
  throw new PeerGateError('ERR_PEERGATE_GATE_FOREIGN', fault)
}

function refuseUnknownPermission(tag: unknown, { permissions }: Policy): void {
  if (typeof tag !== 'string') throw optionError('permission', 'must be a text')
  if (permissions.includes(tag)) return
  const fault = unknownName('permission', tag, permissions)
  throw new PeerGateError('ERR_PEERGATE_PERMISSION_UNKNOWN', fault)
}

const allowedPublic: Decision = Object.freeze({ allowed: true, reason: 'public', grant: null })

/** Null where an adapter asks about a request that it never admitted. */
type MaybeSender = Sender | null | undefined

function guardPublic(sender: MaybeSender): Decision {
  return (sender?.evidence ?? null) === null ? refuse(sender) : allowedPublic
}

function identityOf(sender: MaybeSender): ClientIdentity | null {
  return sender?.identity ?? null
}

function refuse(sender: MaybeSender): DeniedDecision {
  return { allowed: false, reason: 'refused', error: sender?.refusal ?? notAdmitted() }
}

function notAdmitted(): PeerGateError {
  const fault = 'a guard was asked about a request that no gate has admitted'
  return new PeerGateError('ERR_PEERGATE_MIDDLEWARE_MISSING', fault)
}
