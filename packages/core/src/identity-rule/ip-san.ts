import type { PeerCertificate } from '../certificate/asserted-facts.js'
import { parseIpBytes } from '../identity-value/ip-address.js'
import type { IdentityRule } from './identity-rule.js'
import { type NoOptions, refuseOptions } from './no-options.js'
import { requireName } from './require-name.js'
import { requireValue } from './require-value.js'

/**
 * The rule of a CA that writes the identity as one IP address (RFC 5280 §4.2.1.6). The identity is the
 * address in dotted decimal or, for IPv6, in the form of RFC 5952; an IPv4-mapped IPv6 address is not
 * the IPv4 address. It is the address in the certificate: the one that the peer connects from is never
 * looked at.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where it is given any option.
 *
 * @example
 * ```ts
 * const identity = ipSan() // 192.0.2.7, 2001:db8::7
 * ```
 */
export function ipSan(options: NoOptions = {}): IdentityRule<'ip'> {
  refuseOptions('ipSan', options)
  return Object.freeze({ kind: 'ip', select })
}

function select(certificate: PeerCertificate): string {
  const { bytes } = requireName(certificate, 'iPAddress', (name) => name.type === 'iPAddress')
  return requireValue(parseIpBytes(bytes), Buffer.from(bytes).toString('hex'))
}
