import type { PeerCertificate } from '../certificate/asserted-facts.js'
import { parseMailbox } from '../identity-value/mailbox.js'
import type { IdentityRule } from './identity-rule.js'
import { type NoOptions, refuseOptions } from './no-options.js'
import { requireName } from './require-name.js'
import { requireValue } from './require-value.js'

/**
 * The rule of a CA that writes the identity as one e-mail address (RFC 5280 §4.2.1.6). The identity is
 * the mailbox with its domain in lower case; its local part is kept, and compared with regard to case
 * (RFC 5280 §7.5). A quoted local part and one with an asterisk are refused.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where it is given any option.
 *
 * @example
 * ```ts
 * const identity = emailSan() // ada@example.com
 * ```
 */
export function emailSan(options: NoOptions = {}): IdentityRule<'email'> {
  refuseOptions('emailSan', options)
  return Object.freeze({ kind: 'email', select })
}

function select(certificate: PeerCertificate): string {
  const { value } = requireName(certificate, 'rfc822Name', (name) => name.type === 'rfc822Name')
  return requireValue(parseMailbox(value), value)
}
