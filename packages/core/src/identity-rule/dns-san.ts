import type { PeerCertificate } from '../certificate/asserted-facts.js'
import { parseDnsName } from '../identity-value/dns-name.js'
import type { IdentityRule } from './identity-rule.js'
import { type NoOptions, refuseOptions } from './no-options.js'
import { requireName } from './require-name.js'
import { requireValue } from './require-value.js'

/**
 * The rule of a CA that writes the identity as one DNS name (RFC 5280 §4.2.1.6). The identity is the
 * name in lower case; a wildcard, a trailing dot and the text of an IPv4 address are refused.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where it is given any option.
 *
 * @example
 * ```ts
 * const identity = dnsSan() // worker.payments.svc.example.com
 * ```
 */
export function dnsSan(options: NoOptions = {}): IdentityRule<'dns'> {
  refuseOptions('dnsSan', options)
  return Object.freeze({ kind: 'dns', select })
}

function select(certificate: PeerCertificate): string {
  const { value } = requireName(certificate, 'dNSName', (name) => name.type === 'dNSName')
  return requireValue(parseDnsName(value), value)
}
