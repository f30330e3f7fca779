import type { PeerCertificate } from '../certificate/asserted-facts.js'
import { parseUri } from '../identity-value/uri.js'
import type { IdentityRule } from './identity-rule.js'
import { type NoOptions, refuseOptions } from './no-options.js'
import { requireName } from './require-name.js'
import { requireValue } from './require-value.js'

/**
 * The rule of a CA that writes the identity as one URI name (RFC 5280 §4.2.1.6). The identity is the
 * URI with scheme and host in lower case. It must be absolute and of at most 2048 bytes, its host a DNS
 * name or an IP address; a user name, an asterisk and empty or dot segments are refused. Where the URI
 * is a SPIFFE ID, `spiffe()` is the rule to use: it knows the trust domain.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where it is given any option.
 *
 * @example
 * ```ts
 * const identity = uriSan() // urn:example:payments:worker
 * ```
 */
export function uriSan(options: NoOptions = {}): IdentityRule<'uri'> {
  refuseOptions('uriSan', options)
  return Object.freeze({ kind: 'uri', select })
}

function select(certificate: PeerCertificate): string {
  const { value } = requireName(
    certificate,
    'uniformResourceIdentifier',
    (name) => name.type === 'uniformResourceIdentifier',
  )
  return requireValue(parseUri(value), value)
}
