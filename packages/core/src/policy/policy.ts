import * as z from 'zod'
import type { IdentityKind } from '../client-identity.js'
import { identityKinds } from '../client-identity.js'
import { PeerGateError } from '../errors.js'
import { quote } from '../identity-value/quote.js'
import { optionError, parseOptions, strictOptions, unknownName } from '../options.js'
import { compilePattern } from './pattern.js'
import type { IdentityPattern } from './pattern.js'

/** Gives permissions to the identities that a pattern matches. */
export interface Grant<Permission extends string = string> {
  /**
   * One identity, or a pattern of the policy's kind. `spiffe` and `uri`: `*` is one path segment, a
   * trailing `**` one or more. `dns`: `*` is one label, a leading `**` one or more. `email` and
   * `upn`: `*@domain`. `ip`: CIDR. `commonName`: exact only.
   */
  readonly identity: string
  readonly allow: readonly Permission[]
  /**
   * The client CA set that must have admitted the peer, where CAs of several sets could issue the
   * same identity. An identity whose set is not known does not hold the grant. `createPeerGate`
   * refuses a set that its source cannot give.
   */
  readonly trustSet?: string
}

export interface PolicyOptions<Kind extends IdentityKind, Permission extends string> {
  /** The kind of identity that the grants name; it must be the kind of the gate's identity rule. */
  readonly identity: Kind
  /** The vocabulary: every permission that a grant or a route may name. */
  readonly permissions: readonly Permission[]
  readonly grants: readonly Grant<NoInfer<Permission>>[]
}

/** A closed vocabulary of permissions and the grants that give them; nothing is granted by default. */
export interface Policy<
  Kind extends IdentityKind = IdentityKind,
  Permission extends string = string,
> {
  readonly identity: Kind
  readonly permissions: readonly Permission[]
  readonly grants: readonly Grant<Permission>[]
}

/**
 * The policy that `options` state, checked as a whole.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID, ERR_PEERGATE_PATTERN_INVALID or
 * ERR_PEERGATE_PERMISSION_UNKNOWN
 *
 * @example
 * ```ts
 * const policy = definePolicy({
 *   identity: 'spiffe',
 *   permissions: ['invoice:read', 'invoice:write'],
 *   grants: [{ identity: 'spiffe://prod.example/ns/payments/sa/*', allow: ['invoice:read'] }],
 * })
 * ```
 */
export function definePolicy<const Kind extends IdentityKind, const Permission extends string>(
  options: PolicyOptions<Kind, Permission>,
): Policy<Kind, Permission> {
  const { identity, permissions, grants } = parseOptions('definePolicy', policySchema, options)
  refuseRepeats('permissions', permissions)
  const compiled = grants.map((grant, index) => {
    refuseRepeats(`grants.${index}.allow`, grant.allow)
    refuseUnknown(`grants.${index}.allow`, grant.allow, permissions)
    return { ...grant, pattern: compilePattern(identity, grant.identity) }
  })
  refuseRepeats('grants', compiled.map(describeGrant))
  const policy = Object.freeze({ identity, permissions, grants }) as Policy<Kind, Permission>
  compiledGrants.set(policy, compiled)
  return policy
}

/** A grant whose pattern is ready to match. */
export interface CompiledGrant extends Grant {
  readonly pattern: IdentityPattern
}

/** The grants of `policy`, compiled; undefined for what {@link definePolicy} did not make. */
export function compiledGrantsOf(policy: Policy): readonly CompiledGrant[] | undefined {
  return compiledGrants.get(policy)
}

const compiledGrants = new WeakMap<Policy, readonly CompiledGrant[]>()

const permissionNames = z
  .array(
    z.string().regex(/^[!-~]+$/u, 'must be printable ASCII without spaces, such as "invoice:read"'),
  )
  .min(1, 'must name at least one permission')
  .readonly()

/** `readonly` freezes the copies that parsing makes: nothing of the caller's is kept. */
const policySchema = strictOptions({
  identity: z.enum(identityKinds),
  permissions: permissionNames,
  grants: z
    .array(
      strictOptions({
        identity: z.string(),
        allow: permissionNames,
        trustSet: z.string().min(1, 'must not be empty').exactOptional(),
      }).readonly(),
    )
    .min(1, 'must hold at least one grant')
    .readonly(),
})

function describeGrant({ pattern, trustSet }: CompiledGrant): string {
  return trustSet === undefined ? pattern.text : `${pattern.text} of ${trustSet}`
}

function refuseRepeats(place: string, names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated === undefined) return
  throw optionError('definePolicy', `option "${place}" names ${quote(repeated)} twice`)
}

function refuseUnknown(place: string, named: readonly string[], known: readonly string[]): void {
  const unknown = named.find((permission) => !known.includes(permission))
  if (unknown === undefined) return
  const fault = `definePolicy: option "${place}": ${unknownName('permission', unknown, known)}`
  throw new PeerGateError('ERR_PEERGATE_PERMISSION_UNKNOWN', fault)
}
