import type { DistinguishedName } from './distinguished-name.js'

/**
 * One name of the subjectAltName extension, by the names of RFC 5280 §4.2.1.6. Text is as the
 * certificate has it: nothing is unescaped, folded or trimmed.
 */
export type SubjectAlternativeName =
  | { readonly type: 'otherName'; readonly typeId: string; readonly value: OtherNameValue }
  | { readonly type: 'rfc822Name'; readonly value: string }
  | { readonly type: 'dNSName'; readonly value: string }
  | { readonly type: 'x400Address'; readonly der: Uint8Array }
  | { readonly type: 'directoryName'; readonly value: DistinguishedName }
  | { readonly type: 'ediPartyName'; readonly der: Uint8Array }
  | { readonly type: 'uniformResourceIdentifier'; readonly value: string }
  /** 4 or 16 bytes in network order. */
  | { readonly type: 'iPAddress'; readonly bytes: Uint8Array }
  | { readonly type: 'registeredID'; readonly value: string }

/** The value of an otherName: its text where it is a UTF8String or IA5String, and always its DER. */
export interface OtherNameValue {
  readonly text: string | null
  readonly der: Uint8Array
}
