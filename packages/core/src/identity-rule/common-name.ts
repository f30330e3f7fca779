import type { PeerCertificate } from '../certificate/asserted-facts.js'
import { PeerGateError } from '../errors.js'
import { parseCommonName } from '../identity-value/common-name.js'
import type { IdentityRule } from './identity-rule.js'
import { type NoOptions, refuseOptions } from './no-options.js'
import { requireOne } from './require-one.js'
import { requireValue } from './require-value.js'

/** id-at-commonName (RFC 5280 appendix A.1). */
const commonNameType = '2.5.4.3'

/**
 * The rule of a CA that writes the identity as the common name of the subject. It is for legacy
 * clients only: a common name says nothing of what kind of thing it names, so a host, a person and a
 * service of the same name are one identity, and the name constraints of a CA (RFC 5280 §4.2.1.10) do
 * not bind it. RFC 9525 no longer lets it identify a service. Prefer a rule that reads a subject
 * alternative name.
 *
 * The identity is the name exactly as it is written, of 1 to 64 characters.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where it is given any option.
 *
 * @example
 * ```ts
 * const identity = commonName() // Billing Service
 * ```
 */
export function commonName(options: NoOptions = {}): IdentityRule<'commonName'> {
  refuseOptions('commonName', options)
  return Object.freeze({ kind: 'commonName', select })
}

function select(certificate: PeerCertificate): string {
  const names = certificate.subject.flat().filter(({ typeId }) => typeId === commonNameType)
  const { text } = requireOne(
    names,
    () => `the subject must have exactly one commonName, found ${names.length}`,
  )
  if (text === null) {
    const detail = 'the commonName of the subject must be of a string type'
    throw new PeerGateError('ERR_PEERGATE_IDENTITY_INVALID', detail)
  }
  return requireValue(parseCommonName(text), text)
}
