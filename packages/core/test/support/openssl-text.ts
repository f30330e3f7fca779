import type {
  CertificateFacts,
  DistinguishedName,
  NameAttribute,
  SubjectAlternativeName,
} from '@peergate/core'
import type { X509Certificate } from 'node:crypto'

/** What Node's `X509Certificate` shows of a certificate, in OpenSSL's words. */
export interface OpensslText {
  readonly subject: string
  readonly issuer: string
  readonly serialNumber: string
  readonly validFrom: string
  readonly validTo: string
  readonly fingerprint256: string
  readonly subjectAltName: string | null
  readonly keyUsage: readonly string[] | null
  readonly ca: boolean
  /** Null where OpenSSL cannot load the key. */
  readonly key: string | null
}

/** What OpenSSL itself read; releases of Node differ in how they say that something is absent. */
export function readByOpenssl(certificate: X509Certificate): OpensslText {
  const absentable: {
    readonly [Field in keyof X509Certificate]: X509Certificate[Field] | undefined
  } = certificate
  return {
    subject: absentable.subject ?? '',
    issuer: certificate.issuer,
    serialNumber: certificate.serialNumber,
    validFrom: certificate.validFrom,
    validTo: certificate.validTo,
    fingerprint256: certificate.fingerprint256,
    subjectAltName: absentable.subjectAltName ?? null,
    keyUsage: absentable.keyUsage ?? null,
    ca: certificate.ca,
    key: readKey(certificate),
  }
}

function readKey(certificate: X509Certificate): string | null {
  try {
    const { asymmetricKeyType = '', asymmetricKeyDetails = {} } = certificate.publicKey
    const { modulusLength, namedCurve } = asymmetricKeyDetails
    const bits = modulusLength ?? namedCurve?.match(/\d{3}/)?.[0] ?? null
    return `${algorithms.get(asymmetricKeyType) ?? 'unknown'} ${bits}`
  } catch {
    return null
  }
}

const algorithms: ReadonlyMap<string, string> = new Map([
  ['rsa', 'RSA'],
  ['rsa-pss', 'RSA'],
  ['ec', 'EC'],
  ['ed25519', 'Ed25519'],
  ['ed448', 'Ed448'],
])

/** Renders facts by OpenSSL's grammar, to compare them with what OpenSSL read itself. */
export function renderAsOpenssl(facts: CertificateFacts): OpensslText {
  const names = facts.subjectAlternativeNames
  const maySign = facts.keyUsage === null || facts.keyUsage.includes('keyCertSign')
  return {
    subject: renderName(facts.subject),
    issuer: renderName(facts.issuer),
    serialNumber: facts.serialNumber,
    validFrom: renderTime(facts.notBefore),
    validTo: renderTime(facts.notAfter),
    fingerprint256: facts.fingerprint256,
    subjectAltName: names.length === 0 ? null : names.map(renderAlternativeName).join(', '),
    keyUsage: facts.extendedKeyUsage,
    ca: facts.basicConstraints?.ca === true && maySign,
    key: `${facts.publicKey.algorithm} ${facts.publicKey.bits}`,
  }
}

/** One step a line, in the order of the certificate. */
function renderName(name: DistinguishedName): string {
  return name.map((step) => step.map(renderAttribute).join(' + ')).join('\n')
}

function renderAttribute({ typeId, text }: NameAttribute): string {
  return `${shortNames.get(typeId) ?? typeId}=${escapeControls(escapeSpecials(text ?? '?'))}`
}

const shortNames: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['1.2.840.113549.1.9.1', 'emailAddress'],
])

/** Of Unicode's control characters those that OpenSSL knows: ASCII's. */
const controls = /(?=[\p{ASCII}])\p{Cc}/gu

function escapeSpecials(text: string): string {
  return text.replaceAll(/[\\"+,;<>]|^[ #]| $/g, '\\$&')
}

function escapeControls(text: string): string {
  return text.replaceAll(controls, (character) => `\\${hexOf(character, 2)}`)
}

function renderTime(epoch: number): string {
  const time = new Date(epoch)
  const [, , month, , clock] = time.toUTCString().split(' ')
  return `${month} ${`${time.getUTCDate()}`.padStart(2)} ${clock} ${time.getUTCFullYear()} GMT`
}

function renderAlternativeName(name: SubjectAlternativeName): string {
  switch (name.type) {
    case 'rfc822Name':
      return `email:${quote(name.value)}`
    case 'dNSName':
      return `DNS:${quote(name.value)}`
    case 'uniformResourceIdentifier':
      return `URI:${quote(name.value)}`
    case 'iPAddress':
      return `IP Address:${renderAddress(name.bytes)}`
    case 'registeredID':
      return `Registered ID:${name.value}`
    case 'directoryName':
      return `DirName:${quote(renderDirectoryName(name.value))}`
    case 'x400Address':
      return 'X400Name:<unsupported>'
    case 'ediPartyName':
      return 'EdiPartyName:<unsupported>'
    case 'otherName':
    default:
      return renderOtherName(name)
  }
}

/** RFC 2253: the last step first, and values of unknown types as their DER. */
function renderDirectoryName(name: DistinguishedName): string {
  const steps = name.map((step) => step.toReversed().map(renderDirectoryAttribute).join('+'))
  return steps.toReversed().join(',')
}

function renderDirectoryAttribute({ typeId, text, der }: NameAttribute): string {
  const shortName = shortNames.get(typeId)
  if (shortName !== undefined && text !== null) return `${shortName}=${escapeSpecials(text)}`
  return `${shortName ?? typeId}=#${Buffer.from(der).toString('hex').toUpperCase()}`
}

function renderAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const groups = Array.from({ length: 8 }, (_group, index) => view.getUint16(2 * index))
  return groups.map((group) => group.toString(16).toUpperCase()).join(':')
}

interface OtherNameForm {
  readonly prefix: string
  readonly tag: number
}

const otherNameForms: ReadonlyMap<string, OtherNameForm> = new Map([
  ['1.3.6.1.4.1.311.20.2.3', { prefix: 'UPN:', tag: 0x0c }],
  ['1.3.6.1.5.5.7.8.5', { prefix: 'XmppAddr:', tag: 0x0c }],
  ['1.3.6.1.5.5.7.8.7', { prefix: 'SRVName:', tag: 0x16 }],
  ['1.3.6.1.5.5.7.8.8', { prefix: 'NAIRealm:', tag: 0x0c }],
  ['1.3.6.1.5.5.7.8.9', { prefix: 'SmtpUTF8Mailbox:', tag: 0x0c }],
])

function renderOtherName(name: Extract<SubjectAlternativeName, { type: 'otherName' }>): string {
  const form = otherNameForms.get(name.typeId)
  const { text, der } = name.value
  if (form === undefined || text === null || der[0] !== form.tag) return 'othername:<unsupported>'
  return `othername:${quotePrefixed(form.prefix, text)}`
}

function quote(text: string): string {
  return quotePrefixed('', text)
}

/** Quotes what a reader of the list could take for its syntax; the prefix is inside the quotes. */
function quotePrefixed(prefix: string, text: string): string {
  const escaped = text
    .replaceAll(/["\\]/g, '\\$&')
    .replaceAll(',', '\\u002c')
    .replaceAll(controls, (character) => `\\u${hexOf(character, 4).toLowerCase()}`)
  return escaped === text && !text.includes("'") ? `${prefix}${text}` : `"${prefix}${escaped}"`
}

function hexOf(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(digits, '0')
}
