/** A name as a sequence of relative distinguished names, in the order of the certificate. */
export type DistinguishedName = readonly RelativeDistinguishedName[]

/** One or more attributes that together are one step of a name (RFC 5280 §4.1.2.4). */
export type RelativeDistinguishedName = readonly NameAttribute[]

export interface NameAttribute {
  /** Dotted object identifier: `2.5.4.3` is the common name. */
  readonly typeId: string
  /** Text of a string type; null for any other type. */
  readonly text: string | null
  /** The DER of the value, tag included. */
  readonly der: Uint8Array
}
