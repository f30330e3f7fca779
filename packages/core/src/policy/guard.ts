import type { ClientIdentity } from '../client-identity.js'
import { PeerGateError } from '../errors.js'
import { optionError, unknownName } from '../options.js'
import { createDecide } from './decision.js'
import type { Decision, DeniedDecision } from './decision.js'
import { compiledGrantsOf } from './policy.js'
import type { Policy } from './policy.js'
import { authenticated, publicRoute } from './requirement.js'
import type { PermissionRequirement, Requirement } from './requirement.js'

/** What a decision needs to know of the sender of a request. */
export type Sender =
  | { readonly identity: ClientIdentity; readonly refusal: null }
  | { readonly identity: null; readonly refusal: PeerGateError; readonly evidence: object | null }

/** A requirement made ready for requests. It never throws. */
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
  const made = new WeakSet<object>()

  function permission<Tag extends Permission>(tag: Tag): PermissionRequirement<Tag> {
    refuseUnknown(tag, policy.permissions)
    const requirement = Object.freeze({ permission: tag }) as PermissionRequirement<Tag>
    made.add(requirement)
    return requirement
  }

  function guard(requirement: unknown): Guard {
    if (requirement === authenticated) return guardAuthenticated
    if (requirement === publicRoute) return guardPublic
    const tag = readTag(requirement, made)
    refuseUnknown(tag, policy.permissions)
    return (sender) => {
      if (sender.identity === null) return refuse(sender.refusal)
      return decide(sender.identity, tag)
    }
  }

  return { permission, guard }
}

const allowedAuthenticated: Decision = Object.freeze({
  allowed: true,
  reason: 'authenticated',
  grant: null,
})
const allowedPublic: Decision = Object.freeze({ allowed: true, reason: 'public', grant: null })

function guardAuthenticated(sender: Sender): Decision {
  return sender.identity === null ? refuse(sender.refusal) : allowedAuthenticated
}

function guardPublic(sender: Sender): Decision {
  if (sender.identity !== null || sender.evidence !== null) return allowedPublic
  return refuse(sender.refusal)
}

function refuse(error: PeerGateError): DeniedDecision {
  return { allowed: false, reason: 'refused', error }
}

function readTag(requirement: unknown, made: WeakSet<object>): string {
  if (typeof requirement === 'string') return requirement
  if (typeof requirement !== 'object' || requirement === null || !('permission' in requirement)) {
    const fault = 'must be a permission, gate.permission(…), authenticated or publicRoute'
    throw optionError('requirement', fault)
  }
  if (made.has(requirement)) return String(requirement.permission)
  const fault = `the requirement of ${JSON.stringify(requirement.permission)} was not made by this gate`
  throw new PeerGateError('ERR_PEERGATE_GATE_FOREIGN', fault)
}

function refuseUnknown(tag: unknown, known: readonly string[]): void {
  if (typeof tag === 'string' && known.includes(tag)) return
  const fault = unknownName('permission', String(tag), known)
  throw new PeerGateError('ERR_PEERGATE_PERMISSION_UNKNOWN', fault)
}
