import type { Assurance } from './assurance.js'

/** The certificate fields that a service can agree with its CA to call the identity. */
export const identityKinds = ['spiffe', 'uri', 'dns', 'ip', 'email', 'upn', 'commonName'] as const

export type IdentityKind = (typeof identityKinds)[number]

/**
 * Who the peer of a connection is: small, frozen, and the same object for every request of one
 * connection. The nulls are for proxies that assert an identity without forwarding a certificate.
 */
export interface ClientIdentity {
  readonly kind: IdentityKind
  /**
   * The identity in the canonical form of its kind, so that two spellings of one identity are one
   * string: `spiffe://prod.example/ns/payments/sa/worker`, `worker.example.com`, `2001:db8::1`.
   */
  readonly value: string
  /** The distinguished name of the issuer as RFC 4514 writes it: `CN=Payments Client CA,O=Example`. */
  readonly issuer: string | null
  /** The serial number in upper-case hexadecimal, as Node writes it: `00C0FFEE01` is `C0FFEE01`. */
  readonly serialNumber: string | null
  /** The SHA-256 fingerprint of the exact DER, as Node writes it: `AB:CD:…`, 95 characters. */
  readonly fingerprint256: string | null
  /** The first moment of the certificate's validity, in epoch milliseconds. */
  readonly notBefore: number | null
  /** The last moment of the certificate's validity (RFC 5280 §4.1.2.5), in epoch milliseconds. */
  readonly notAfter: number | null
  readonly assurance: Assurance
  /** `socket`, or the name of the proxy contract that the identity was read by. */
  readonly source: string
  /** The name of the client CA set that admitted the peer; null where it cannot be known. */
  readonly trustSet: string | null
}
