import type { IdentityKind } from '../../client-identity.js'
import type { PeerGateError } from '../../errors.js'
import { formatFingerprint } from '../../identity-value/fingerprint.js'
import { quote } from '../../identity-value/quote.js'
import { faultAt } from '../../options.js'
import type { Locate } from '../../options.js'
import { compileConditions } from './condition.js'
import type { Condition } from './verdict.js'
import type { GrantContent } from '../policy-schema.js'
import type { GrantContext, GrantTarget } from './grant-target.js'
import { compilePattern } from '../pattern.js'
import type { IdentityPattern } from '../pattern.js'
import { refuseUnknownRoles } from './roles.js'
import type { ExpandedRoles } from './roles.js'

/** A grant that is ready to decide. */
export interface CompiledGrant {
  readonly path: readonly PropertyKey[]
  /** The path as a text: `grants.3`. */
  readonly place: string
  readonly target: GrantTarget
  /** How the policy writes the target. */
  readonly name: string
  /** What it gives, by itself and by its roles. */
  readonly allowed: ReadonlySet<string>
  readonly denied: ReadonlySet<string>
  readonly conditions: readonly Condition[]
  /** The set that it is for; null for one that is for every set. */
  readonly trustSet: string | null
  /** Its last moment in epoch milliseconds; Infinity for one that does not end. */
  readonly ends: number
  /** Whether it has a first or a last moment. */
  readonly isTimed: boolean
  /** The parameters of the route that it demands. */
  readonly parameters: readonly string[]
  /** Grants with the same key name the same peers on the same conditions. */
  readonly key: string
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID or ERR_PEERGATE_PATTERN_INVALID */
export function compileGrant(grant: GrantContent, context: GrantContext): CompiledGrant {
  const { roles, path, locate } = context
  const { allow = [], deny = [], roles: named = [], trustSet = null, notAfter, where } = grant
  refuseUnknownRoles(named, roles, [...path, 'roles'], locate)
  refuseContradiction(grant, context)
  const target = readTarget(grant, context)
  const conditions = compileConditions(grant, target, context)
  return {
    path,
    place: path.join('.'),
    target,
    name: nameOf(grant, target),
    allowed: new Set([...allow, ...named.flatMap((role) => permissionsOf(role, roles))]),
    denied: new Set(deny),
    conditions,
    trustSet,
    ends: notAfter === undefined ? Infinity : Date.parse(notAfter),
    isTimed: grant.notBefore !== undefined || grant.notAfter !== undefined,
    parameters: Object.keys(where?.params ?? {}),
    key: JSON.stringify([keyOf(target), ...conditions.map(({ wording }) => wording).toSorted()]),
  }
}

function permissionsOf(role: string, roles: ExpandedRoles): readonly string[] {
  return Array.from(roles.get(role) as ReadonlySet<string>)
}

function refuseContradiction(
  { allow = [], deny = [], roles = [], minimumAssurance }: GrantContent,
  { path, locate }: GrantContext,
): void {
  if (allow.length + deny.length + roles.length === 0) {
    throw faultAt(locate, path, 'must allow or deny something, or name a role')
  }
  const both = deny.find((permission) => allow.includes(permission))
  if (both !== undefined) {
    throw faultAt(locate, path, `allows and denies ${quote(both)}; it must do one of them`)
  }
  if (deny.length > 0 && minimumAssurance !== undefined) {
    const fault =
      'must not stand with deny, which whoever is known with less assurance would escape'
    throw faultAt(locate, [...path, 'minimumAssurance'], fault)
  }
}

function readTarget(grant: GrantContent, { kind, path, locate }: GrantContext): GrantTarget {
  const { identity, fingerprint256, anyIdentity, notAfter } = grant
  const named = [identity, fingerprint256, anyIdentity].filter((one) => one !== undefined)
  if (named.length !== 1) {
    throw faultAt(locate, path, 'must have one of identity, fingerprint256 and anyIdentity')
  }
  if (identity !== undefined) {
    return { by: 'identity', pattern: compileAt(kind, identity, locate, [...path, 'identity']) }
  }
  if (fingerprint256 === undefined) return { by: 'anyIdentity' }
  if (notAfter === undefined) {
    const fault = 'is for one certificate, which ends: give the grant a notAfter'
    throw faultAt(locate, [...path, 'fingerprint256'], fault)
  }
  const digits = fingerprint256.replaceAll(':', '')
  return { by: 'fingerprint', fingerprint256: formatFingerprint(digits) }
}

function compileAt(
  kind: IdentityKind,
  text: string,
  locate: Locate,
  path: readonly PropertyKey[],
): IdentityPattern {
  try {
    return compilePattern(kind, text)
  } catch (cause) {
    const { detail, code } = cause as PeerGateError
    throw faultAt(locate, path, `is no pattern: ${detail}`, code)
  }
}

function nameOf({ identity }: GrantContent, target: GrantTarget): string {
  if (target.by === 'fingerprint') return target.fingerprint256
  return identity ?? 'any identity'
}

function keyOf(target: GrantTarget): string {
  if (target.by === 'identity') return `identity ${target.pattern.text}`
  return target.by === 'fingerprint' ? `fingerprint ${target.fingerprint256}` : target.by
}
