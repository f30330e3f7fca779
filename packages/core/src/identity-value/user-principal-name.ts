import { parseDnsName } from './dns-name.js'
import type { IdentityValue } from './identity-value.js'

/** The upper range of the directory attribute userPrincipalName (MS-ADA3). */
const longestName = 1024
/** The asterisk would read as a pattern; the others are not seen, or not as what they are. */
const localPartSyntax = /^[^*\p{C}\p{Z}]+$/u

/**
 * The user principal name, `local@domain`, with its ASCII letters in lower case. No other letters
 * are folded: Unicode folding makes one name of two, as of the Kelvin sign and the letter k.
 */
export function parseUserPrincipalName(text: string): IdentityValue {
  if (text.length > longestName) {
    return { fault: 'a user principal name must not exceed 1024 characters' }
  }
  const [localPart = '', domain, ...others] = text.split('@')
  if (domain === undefined || others.length > 0) {
    return { fault: 'a user principal name must be a local part, one @ and a domain' }
  }
  if (!localPartSyntax.test(localPart)) {
    return {
      fault:
        'the local part of a user principal name must be of visible characters without spaces or *',
    }
  }
  const suffix = parseDnsName(domain)
  return 'fault' in suffix ? suffix : { value: `${foldAscii(localPart)}@${suffix.value}` }
}

function foldAscii(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
