import { identityKinds } from '../client-identity.js'
import type { IdentityKind } from '../client-identity.js'
import type { PeerCertificate } from '../certificate/asserted-facts.js'

/**
 * The issuance rule of a service's CA: which one form of name in a certificate is the identity.
 */
export interface IdentityRule<Kind extends IdentityKind = IdentityKind> {
  readonly kind: Kind
  /** The one SPIFFE trust domain whose identities the rule gives, so that a grant to another is an error. */
  readonly trustDomain?: string
  /**
   * The identity that the certificate carries, in the canonical form of its kind.
   *
   * @throws {PeerGateError} of the layer `identity`: none, more than one, or a malformed one.
   */
  readonly select: (certificate: PeerCertificate) => string
}

/** Whether `value` can be an identity rule, which may be a user's own. */
export function isIdentityRule(value: unknown): value is IdentityRule {
  const rule = value as IdentityRule | null | undefined
  return (
    typeof rule?.select === 'function' &&
    identityKinds.includes(rule.kind) &&
    (rule.trustDomain === undefined || typeof rule.trustDomain === 'string')
  )
}
