import type { PeerCertificate } from '../certificate/asserted-facts.js'
import type { SubjectAlternativeName } from '../certificate/subject-alternative-name.js'
import { PeerGateError } from '../errors.js'
import { parseUserPrincipalName } from '../identity-value/user-principal-name.js'
import type { IdentityRule } from './identity-rule.js'
import { type NoOptions, refuseOptions } from './no-options.js'
import { requireName } from './require-name.js'
import { requireValue } from './require-value.js'

/** szOID_NT_PRINCIPAL_NAME: the user principal name of a Microsoft directory. */
const principalName = '1.3.6.1.4.1.311.20.2.3'

/**
 * The rule of a CA that writes the identity as one user principal name: an otherName (RFC 5280
 * §4.2.1.6) with the type-id 1.3.6.1.4.1.311.20.2.3, as Microsoft's CAs issue it. The identity is
 * `local@domain` with its ASCII letters in lower case; other letters are not folded. Other otherNames
 * are of no account.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where it is given any option.
 *
 * @example
 * ```ts
 * const identity = upn() // ada@corp.example.com
 * ```
 */
export function upn(options: NoOptions = {}): IdentityRule<'upn'> {
  refuseOptions('upn', options)
  return Object.freeze({ kind: 'upn', select })
}

function select(certificate: PeerCertificate): string {
  const { value } = requireName(certificate, `otherName ${principalName}`, isPrincipalName)
  if (value.text === null) {
    const detail = 'the value of a user principal name must be a UTF8String'
    throw new PeerGateError('ERR_PEERGATE_IDENTITY_INVALID', detail)
  }
  return requireValue(parseUserPrincipalName(value.text), value.text)
}

function isPrincipalName(name: SubjectAlternativeName): name is OtherName {
  return name.type === 'otherName' && name.typeId === principalName
}

type OtherName = Extract<SubjectAlternativeName, { readonly type: 'otherName' }>
