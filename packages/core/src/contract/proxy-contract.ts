import type { SubjectAlternativeName } from '../certificate/subject-alternative-name.js'
import type { Assurance } from '../assurance.js'

/**
 * What one proxy product says of the peers of its clients, and in which headers. Pure: it knows
 * neither who sent the request nor what time it is, and nothing that it yields is trusted yet.
 */
export interface ProxyContract {
  /** What identities name as their `source`: `nginx`. */
  readonly name: string
  /** Every header that it reads. All of them are removed from a request. */
  readonly headers: readonly ContractHeader[]
  /** `assertion`: never a certificate, so that nothing says how long the identity holds. */
  readonly yields: 'assertion' | 'certificate' | 'either'
  /**
   * What the headers say.
   *
   * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MISSING, ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED,
   * ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS or ERR_PEERGATE_FORWARDED_IDENTITY_UNVERIFIED
   */
  readonly read: (headers: ForwardedHeaders) => Forwarded
}

export interface ContractHeader {
  /** In lower case, with dashes: `x-forwarded-client-cert`. */
  readonly name: string
  /** Whether its value may come in several lines (RFC 9110 §5.3); one line at most, else. */
  readonly isList?: boolean
  /**
   * Headers that the product always sends, and that no client can: a line behind the last of them may be
   * one that the client wrote and the product passed on.
   */
  readonly before?: readonly string[]
}

/** The values of the headers of a contract, printable ASCII and of bounded length. */
export interface ForwardedHeaders {
  /** The value of a header of one line; null where it was not sent. */
  readonly value: (name: string) => string | null
  /** The lines of a list, in their order. */
  readonly lines: (name: string) => readonly string[]
}

export type Forwarded = AssertedIdentity | ForwardedCertificate

/** How far a proxy vouches for what it forwards. */
export type ForwardedAssurance = Exclude<Assurance, 'tls'>

export interface ForwardedCertificate {
  /** One certificate in DER, as long as its own length says. */
  readonly leaf: Uint8Array
  /** The DER of what was forwarded beside it, without the leaf; empty where nothing was. */
  readonly chain: readonly Uint8Array[]
  readonly assurance: ForwardedAssurance
}

/** Names without the certificate that bears them. */
export interface AssertedIdentity {
  readonly names: readonly SubjectAlternativeName[]
  /** SHA-256 of the certificate, as Node writes it (`AB:CD:…`); null where it was not forwarded. */
  readonly fingerprint256: string | null
  readonly assurance: ForwardedAssurance
}
