import type { IdentityKind } from '../client-identity.js'
import { compilePolicy } from './compile-policy.js'
import type { CompiledPolicy } from './compile-policy.js'
import type { Grant, Role } from './grant/grant.js'
import type { Vocabulary } from './policy-schema.js'

export interface PolicyOptions<
  Kind extends IdentityKind,
  Permission extends string,
  RoleName extends string = never,
> {
  /** The kind of identity that the grants name; it must be the kind of the gate's identity rule. */
  readonly identity: Kind
  /**
   * The vocabulary: every permission that a grant or a route may name, each with a description for
   * those who review the policy, or as a list without.
   */
  readonly permissions: Vocabulary<Permission>
  /** Named bundles of permissions. */
  readonly roles?: Readonly<Record<RoleName, Role<NoInfer<Permission>, NoInfer<RoleName>>>>
  /** Left out only where an external engine decides (`createPeerGate`, option `authorize`). */
  readonly grants?: readonly Grant<NoInfer<Permission>, NoInfer<RoleName>>[]
}

/** A closed vocabulary of permissions and the grants that give them; nothing is granted by default. */
export interface Policy<
  Kind extends IdentityKind = IdentityKind,
  Permission extends string = string,
> {
  readonly identity: Kind
  readonly permissions: readonly Permission[]
  /** By permission; null for one that has no description. */
  readonly descriptions: Readonly<Record<string, string | null>>
  readonly roles: Readonly<Record<string, Role<Permission>>>
  readonly grants: readonly Grant<Permission, string>[]
}

/**
 * The policy that `options` state, checked as a whole.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID, ERR_PEERGATE_PATTERN_INVALID or
 * ERR_PEERGATE_PERMISSION_UNKNOWN, naming the place of the fault: `option "grants.3.allow"`
 *
 * @example
 * ```ts
 * const policy = definePolicy({
 *   identity: 'spiffe',
 *   permissions: {
 *     'invoice:read': 'Read the invoices of a tenant',
 *     'invoice:write': 'Create and change them',
 *   },
 *   roles: { clerk: { allow: ['invoice:read', 'invoice:write'] } },
 *   grants: [
 *     { identity: 'spiffe://prod.example/ns/payments/sa/*', roles: ['clerk'] },
 *     { identity: 'spiffe://prod.example/ns/payments/sa/export', deny: ['invoice:write'] },
 *   ],
 * })
 * ```
 */
export function definePolicy<
  const Kind extends IdentityKind,
  const Permission extends string,
  const RoleName extends string = never,
>(options: PolicyOptions<Kind, Permission, RoleName>): Policy<Kind, Permission> {
  return makePolicy(compilePolicy(options, () => 'definePolicy')) as Policy<Kind, Permission>
}

/** The policy of what was compiled; for those who read policies from elsewhere. */
export function makePolicy(compiled: CompiledPolicy): Policy {
  const { identity, permissions, descriptions, roles, grants } = compiled.content
  // Each of them was found to have exactly one of the three that name its peers.
  const checked = grants as readonly Grant<string, string>[]
  const policy = Object.freeze({ identity, permissions, descriptions, roles, grants: checked })
  compiledPolicies.set(policy, compiled)
  return policy
}

/** `policy`, compiled; undefined for what {@link makePolicy} did not make. */
export function compiledPolicyOf(policy: Policy): CompiledPolicy | undefined {
  return compiledPolicies.get(policy)
}

const compiledPolicies = new WeakMap<Policy, CompiledPolicy>()
