import type { ClientIdentity } from '../client-identity.js'
import { PeerGateError } from '../errors.js'
import { optionError, unknownName } from '../options.js'
import { createDecide } from './decision.js'
import type { Decide, Decision, DeniedDecision } from './decision.js'
import { compiledGrantsOf } from './policy.js'
import type { Policy } from './policy.js'
import { authenticated, publicRoute } from './requirement.js'
import type { PermissionRequirement, Requirement } from './requirement.js'

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
): Requirements<Permission> {
  const decide = createDecide(compiledGrantsOf(policy) ?? [])

  function permission<Tag extends Permission>(tag: Tag): PermissionRequirement<Tag> {
    refuseUnknown(tag, policy)
    const requirement = Object.freeze({ permission: tag }) as PermissionRequirement<Tag>
    statements.set(requirement, { tag, decide })
    return requirement
  }

  function guard(requirement: Requirement): Guard {
    if (requirement === authenticated) return guardAuthenticated
    if (requirement === publicRoute) return guardPublic
    const tag = readTag(requirement, decide)
    refuseUnknown(tag, policy)
    return (sender) => {
      const identity = identityOf(sender)
      return identity === null ? refuse(sender) : decide(identity, tag)
    }
  }

  return { permission, guard }
}

/** Every requirement that a gate made: its tag, and what decides on it, which is that gate's own. */
const statements = new WeakMap<object, { readonly tag: string; readonly decide: Decide }>()

function readTag(requirement: unknown, decide: Decide): string {
  if (typeof requirement === 'string') return requirement
  const statement = statements.get(requirement as object)
  if (statement === undefined) {
    const fault = 'must be a permission, gate.permission(…), authenticated or publicRoute'
    throw optionError('requirement', fault)
  }
  if (statement.decide === decide) return statement.tag
  const fault = `the requirement of ${statement.tag} was not made by this gate`
  throw new PeerGateError('ERR_PEERGATE_GATE_FOREIGN', fault)
}

function refuseUnknown(tag: unknown, { permissions }: Policy): void {
  if (typeof tag !== 'string') throw optionError('permission', 'must be a text')
  if (permissions.includes(tag)) return
  const fault = unknownName('permission', tag, permissions)
  throw new PeerGateError('ERR_PEERGATE_PERMISSION_UNKNOWN', fault)
}

const allowedAuthenticated: Decision = Object.freeze({
  allowed: true,
  reason: 'authenticated',
  grant: null,
})
const allowedPublic: Decision = Object.freeze({ allowed: true, reason: 'public', grant: null })

/** Null where an adapter asks about a request that it never admitted. */
type MaybeSender = Sender | null | undefined

function guardAuthenticated(sender: MaybeSender): Decision {
  return identityOf(sender) === null ? refuse(sender) : allowedAuthenticated
}

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
