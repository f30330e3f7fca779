import type { IdentityValue } from './identity-value.js'

const longestName = 253
const labelSyntax = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/
const numberAtEnd = /(?:^|\.)[0-9]+$/

/**
 * The DNS name in lower case: names are compared without regard to ASCII case (RFC 5280 §7.2). It
 * is in the preferred syntax of RFC 1034 §3.5, with the underscore of service names (RFC 8552).
 */
export function parseDnsName(text: string): IdentityValue {
  if (text.length > longestName) return { fault: 'a DNS name must not exceed 253 characters' }
  if (!text.split('.').every((label) => labelSyntax.test(label))) {
    return {
      fault:
        'every label of a DNS name must be 1 to 63 of a-z 0-9 _ - and neither begin nor end with -',
    }
  }
  // RFC 1123 §2.1: what tells a name from an IPv4 address, however short its form, is the last label.
  if (numberAtEnd.test(text)) {
    return { fault: 'the last label of a DNS name must not be a number' }
  }
  // Only ASCII is left here: lower-casing earlier would make k of the Kelvin sign.
  return { value: text.toLowerCase() }
}
