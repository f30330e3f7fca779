import type { CertificateFacts } from '../certificate/certificate-facts.js'
import type { DistinguishedName } from '../certificate/distinguished-name.js'
import { formatDistinguishedName } from '../certificate/format-distinguished-name.js'
import type { SubjectAlternativeName } from '../certificate/subject-alternative-name.js'
import { formatIpAddress } from '../identity-value/ip-address.js'
import { quote } from '../identity-value/quote.js'

/**
 * A certificate that was refused, as a log may show it: nobody vouches for what it says, so every
 * text is one line, escaped, and of bounded length. Frozen.
 */
export interface CertificateDescription {
  /** As RFC 4514 writes it, cut to 400 characters. */
  readonly subject: string
  /** As RFC 4514 writes it, cut to 400 characters. */
  readonly issuer: string
  /**
   * The first 20 subject alternative names, as `type:"value"` with the type by its name in RFC 5280
   * §4.2.1.6: `dNSName:"worker.example"`. Of more, the last entry says how many are left out.
   */
  readonly names: readonly string[]
  /** Upper-case hexadecimal. */
  readonly serialNumber: string
  /** SHA-256 of the DER, as Node writes it: `AB:CD:…`. */
  readonly fingerprint256: string
  /** Epoch milliseconds, inclusive. */
  readonly notBefore: number
  /** Epoch milliseconds, inclusive. */
  readonly notAfter: number
}

/** What a log may show of a certificate. */
export function describeCertificate(certificate: CertificateFacts): CertificateDescription {
  const { serialNumber, fingerprint256, notBefore, notAfter } = certificate
  return Object.freeze({
    subject: describeDistinguishedName(certificate.subject),
    issuer: describeDistinguishedName(certificate.issuer),
    names: Object.freeze(describeNames(certificate.subjectAlternativeNames)),
    serialNumber,
    fingerprint256,
    notBefore,
    notAfter,
  })
}

const longestDistinguishedName = 400

function describeDistinguishedName(name: DistinguishedName): string {
  const characters = Array.from(formatDistinguishedName(name))
  if (characters.length <= longestDistinguishedName) return characters.join('')
  return `${characters.slice(0, longestDistinguishedName).join('')}…`
}

const mostNames = 20

function describeNames(names: readonly SubjectAlternativeName[]): readonly string[] {
  const described = names
    .slice(0, mostNames)
    .map((name) => `${name.type}:${quote(textOfName(name))}`)
  const left = names.length - described.length
  return left === 0 ? described : [...described, `… ${left} more`]
}

/** What has no text is written as `#` and its DER in hexadecimal, as RFC 4514 §2.4 does. */
function textOfName(name: SubjectAlternativeName): string {
  if (name.type === 'iPAddress') return formatIpAddress(name.bytes)
  if (name.type === 'directoryName') return formatDistinguishedName(name.value)
  if (name.type === 'otherName') {
    return `${name.typeId};${name.value.text ?? hexOf(name.value.der)}`
  }
  return 'der' in name ? hexOf(name.der) : name.value
}

function hexOf(der: Uint8Array): string {
  return `#${Buffer.from(der).toString('hex')}`
}
