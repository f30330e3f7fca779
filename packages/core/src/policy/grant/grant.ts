import type { Assurance } from '../../assurance.js'

/**
 * Gives permissions to peers, or takes them away. It names its peers by `identity`, by
 * `fingerprint256`, or says `anyIdentity`; a peer has the grant if it also meets every condition.
 * What one grant denies, no other one gives.
 */
export type Grant<Permission extends string = string, RoleName extends string = never> =
  | AnyIdentityGrant<Permission, RoleName>
  | FingerprintGrant<Permission, RoleName>
  | IdentityGrant<Permission, RoleName>

/** A grant to the identities of a pattern. */
export interface IdentityGrant<
  Permission extends string = string,
  RoleName extends string = never,
> extends GrantTerms<Permission, RoleName> {
  /**
   * One identity, or a pattern of the policy's kind. `spiffe` and `uri`: `*` is one path segment, a
   * trailing `**` one or more. `dns`: `*` is one label, a leading `**` one or more. `email` and
   * `upn`: `*@domain`. `ip`: CIDR. `commonName`: exact only. `{name}` in the place of a `*` captures
   * what stands there, for {@link GrantTerms.where}.
   */
  readonly identity: string
  readonly fingerprint256?: never
  readonly anyIdentity?: never
}

/**
 * A grant to one certificate, whatever its identity: for incidents and migrations, since the next
 * certificate of the same peer does not have it. So it must end. An identity whose certificate is not
 * known, since a proxy asserts it alone, is given nothing by it, and denied what it denies.
 */
export interface FingerprintGrant<
  Permission extends string = string,
  RoleName extends string = never,
> extends GrantTerms<Permission, RoleName> {
  /** The SHA-256 of the certificate, with colons or without, in either case. */
  readonly fingerprint256: string
  readonly notAfter: string
  readonly identity?: never
  readonly anyIdentity?: never
}

/** A grant to every identity that the gate admits. */
export interface AnyIdentityGrant<
  Permission extends string = string,
  RoleName extends string = never,
> extends GrantTerms<Permission, RoleName> {
  readonly anyIdentity: true
  readonly identity?: never
  readonly fingerprint256?: never
}

/** What a grant gives or denies, and on which conditions. At least one of the lists is needed. */
export interface GrantTerms<Permission extends string = string, RoleName extends string = never> {
  readonly allow?: readonly Permission[]
  /**
   * Wins over everything that allows, of this grant's roles and of every other grant. Where it cannot
   * be told whether a condition holds, the denial does.
   */
  readonly deny?: readonly Permission[]
  /** Roles of the policy, whose permissions are given. */
  readonly roles?: readonly RoleName[]
  /**
   * The client CA set that must have admitted the peer, where CAs of several sets could issue the
   * same identity. An identity whose set is not known is given nothing, and denied what is denied.
   * `createPeerGate` refuses a set that its source cannot give.
   */
  readonly trustSet?: string
  /** The assurance with which the identity must be known; not together with `deny`. */
  readonly minimumAssurance?: Assurance
  /** The first moment of the grant (RFC 3339): `2026-12-31T00:00:00Z`. */
  readonly notBefore?: string
  /** The last moment of the grant (RFC 3339): `2026-12-31T23:59:59Z`. */
  readonly notAfter?: string
  /** What the request must be for. */
  readonly where?: GrantScope
}

/** See {@link GrantTerms.where}. */
export interface GrantScope {
  /**
   * By the name of a route's parameter, what it must equal, character for character: `{name}` for what
   * the pattern captured, or a text. A route without the parameter is not met.
   *
   * @example
   * ```ts
   * const grant = {
   *   identity: 'spiffe://prod.example/ns/{tenant}/sa/*',
   *   allow: ['invoice:read'],
   *   where: { params: { tenant: '{tenant}' } },
   * }
   * ```
   */
  readonly params: Readonly<Record<string, string>>
}

/** A named bundle of permissions. */
export interface Role<Permission extends string = string, Name extends string = string> {
  readonly allow?: readonly Permission[]
  /** Roles whose permissions it holds too. */
  readonly roles?: readonly Name[]
}
