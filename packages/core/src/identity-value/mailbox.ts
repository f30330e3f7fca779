import { parseDnsName } from './dns-name.js'
import type { IdentityValue } from './identity-value.js'

/**
 * `Dot-string` of RFC 5321 §4.1.2, 64 octets at most (§4.5.3.1.1), without the asterisk, which would
 * read as a pattern.
 */
const localPartSyntax =
  /^(?=.{1,64}$)[A-Za-z0-9!#$%&'+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'+/=?^_`{|}~-]+)*$/

/**
 * The mailbox with its domain in lower case; the local part is compared exactly, with regard to case
 * (RFC 5280 §7.5). A quoted local part is refused: it is a second spelling of a plain one.
 */
export function parseMailbox(text: string): IdentityValue {
  const at = text.indexOf('@')
  if (at === -1) return { fault: 'a mailbox must be a local part, an @ and a domain' }
  const localPart = text.slice(0, at)
  if (!localPartSyntax.test(localPart)) {
    return {
      fault:
        "the local part of a mailbox must be 1 to 64 of A-Z a-z 0-9 ! # $ % & ' + - / = ? ^ _ ` { | } ~ and single dots between them",
    }
  }
  const domain = parseDnsName(text.slice(at + 1))
  return 'fault' in domain ? domain : { value: `${localPart}@${domain.value}` }
}
