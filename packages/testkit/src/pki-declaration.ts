/**
 * What a throw-away PKI consists of: plain JSON data, each certificate under the name of its role.
 *
 * A role is written in lower case with hyphens, such as `payments-client-ca`, and names one authority
 * or one leaf.
 */
export interface PkiDeclaration {
  readonly authorities: Readonly<Record<string, AuthorityDeclaration>>
  readonly leaves: Readonly<Record<string, LeafDeclaration>>
}

/** A certificate that signs others: a root, or an intermediate where it has an issuer. */
export interface AuthorityDeclaration {
  /** One sentence for people: what this certificate is there for. */
  readonly purpose: string
  /** The distinguished name in the text form of RFC 4514, such as `CN=Payments Client CA,O=Example`. */
  readonly subject: string
  /** The role of the authority that signs this one. A root, which signs itself, has none. */
  readonly issuer?: string
  /**
   * The role of an authority whose key identifier this one carries instead of its own. With the same
   * subject as well, a rogue cannot be told from that authority before a signature is checked.
   */
  readonly keyIdentifierOf?: string
  /** From an hour ago for 90 days unless declared. */
  readonly validity?: ValidityDeclaration
  /** `ecdsa-p256` unless declared. */
  readonly keys?: KeyAlgorithm
}

/** A leaf without its purpose: what {@link Pki.issue} needs to know. */
export interface LeafRequest {
  /** The role of the authority that signs this leaf. */
  readonly issuer: string
  /** The distinguished name in the text form of RFC 4514; the empty text for no name at all. */
  readonly subject: string
  /** The extended key usage: `both` states server and client, `none` leaves the extension out. */
  readonly usage: LeafUsage
  /** Subject alternative names of the type dNSName. */
  readonly dns?: readonly string[]
  /** Subject alternative names of the type iPAddress, in the usual text form of IPv4 or IPv6. */
  readonly ip?: readonly string[]
  /** Subject alternative names of the type uniformResourceIdentifier; a SPIFFE ID is one of these. */
  readonly uri?: readonly string[]
  /** Subject alternative names of the type rfc822Name. */
  readonly email?: readonly string[]
  /** Subject alternative names of the type otherName that hold a user principal name. */
  readonly upn?: readonly string[]
  /** From an hour ago for 30 days unless declared. */
  readonly validity?: ValidityDeclaration
  /** `ecdsa-p256` unless declared. */
  readonly keys?: KeyAlgorithm
  /** Whether the intermediates follow the leaf in its PEM text, as a peer should send them. True unless declared. */
  readonly chain?: boolean
  /** Whether the leaf may sign certificates, which no peer's may. False unless declared. */
  readonly ca?: boolean
}

/** A certificate that a peer presents. */
export interface LeafDeclaration extends LeafRequest {
  /** One sentence for people: what this certificate is there for. */
  readonly purpose: string
}

/**
 * Two distances from the moment of minting, each a signed number of seconds, minutes, hours or days.
 *
 * @example
 * ```json
 * { "from": "-1h", "to": "+30d" }
 * ```
 */
export interface ValidityDeclaration {
  readonly from: string
  readonly to: string
}

/** What {@link Pki.revocationList} needs to know. */
export interface RevocationListRequest {
  /** The role of the authority that signs this list. */
  readonly issuer: string
  /** The serial numbers of the revoked certificates, in hexadecimal. */
  readonly serialNumbers: readonly string[]
  /**
   * The distance of the list's time of issue, written as in {@link ValidityDeclaration}. `+0s`, the
   * running second, unless stated; of two lists of one authority, the later counts.
   */
  readonly thisUpdate?: string
  /** The distance of the time from which the list is stale; `+7d` unless stated. */
  readonly nextUpdate?: string
}

/** The extended key usages that a leaf can state. */
export type LeafUsage = 'server' | 'client' | 'both' | 'none'

/** The kinds of keys that can be minted. `rsa-1024` is for tests of weak keys. */
export type KeyAlgorithm = 'ecdsa-p256' | 'ecdsa-p384' | 'rsa-1024' | 'rsa-2048'
