import type { IdentityKind } from '../client-identity.js'
import type { CertificateFacts } from '../certificate/certificate-facts.js'

/**
 * The issuance rule of a service's CA: which one form of name in a certificate is the identity.
 */
export interface IdentityRule<Kind extends IdentityKind = IdentityKind> {
  readonly kind: Kind
  /**
   * The identity that the certificate carries, in the canonical form of its kind.
   *
   * @throws {PeerGateError} of the layer `identity`: none, more than one, or a malformed one.
   */
  readonly select: (certificate: CertificateFacts) => string
}
