/** What a certificate says of its key (RFC 5280 §4.1.2.7), without loading the key. */
export interface PublicKeyFacts {
  /** `unknown` for every algorithm that no rule of this library accepts. */
  readonly algorithm: 'RSA' | 'EC' | 'Ed25519' | 'Ed448' | 'unknown'
  /** Dotted object identifier of the algorithm. */
  readonly algorithmId: string
  /** Bits of the RSA modulus or of the curve's order; null where they are not known. */
  readonly bits: number | null
}
