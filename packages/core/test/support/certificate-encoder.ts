import { sign, type KeyObject } from 'node:crypto'
import {
  bitString,
  explicit,
  hex,
  boolean,
  nullValue,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  smallInteger,
  utcTime,
  utf8String,
} from './der-encoder.js'

/** The fields of a certificate, each already encoded; an empty array leaves a field out. */
export interface CertificateParts {
  readonly version: Uint8Array
  readonly serialNumber: Uint8Array
  readonly signature: Uint8Array
  readonly issuer: Uint8Array
  readonly validity: Uint8Array
  readonly subject: Uint8Array
  readonly publicKey: Uint8Array
  /** Unique identifiers and whatever else stands before the extensions. */
  readonly beforeExtensions: Uint8Array
  readonly extensions: Uint8Array
  readonly afterExtensions: Uint8Array
  readonly signatureAlgorithm: Uint8Array
  readonly signatureValue: Uint8Array
  readonly afterSignature: Uint8Array
}

export const absent: Uint8Array = new Uint8Array()

const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'))

/** The smallest certificate of version 3 that breaks no rule. */
export const plainParts: CertificateParts = {
  version: version(2),
  serialNumber: smallInteger(1),
  signature: ecdsaWithSha256,
  issuer: name(attribute('2.5.4.3', utf8String('ca'))),
  validity: sequence(utcTime('250101000000Z'), utcTime('350101000000Z')),
  subject: name(attribute('2.5.4.3', utf8String('leaf'))),
  publicKey: ecKey('1.2.840.10045.3.1.7'),
  beforeExtensions: absent,
  extensions: absent,
  afterExtensions: absent,
  signatureAlgorithm: ecdsaWithSha256,
  signatureValue: bitString(hex('3006020101020101')),
  afterSignature: absent,
}

export function encodeCertificate(changes: Partial<CertificateParts> = {}): Uint8Array {
  const parts = { ...plainParts, ...changes }
  return sequence(
    encodeSigned(parts),
    parts.signatureAlgorithm,
    parts.signatureValue,
    parts.afterSignature,
  )
}

/** The certificate as its issuer signs it, with ECDSA and SHA-256. */
export function signCertificate(changes: Partial<CertificateParts>, key: KeyObject): Uint8Array {
  const signature = sign('sha256', encodeSigned({ ...plainParts, ...changes }), key)
  return encodeCertificate({ ...changes, signatureValue: bitString(signature) })
}

function encodeSigned(parts: CertificateParts): Uint8Array {
  return sequence(
    parts.version,
    parts.serialNumber,
    parts.signature,
    parts.issuer,
    parts.validity,
    parts.subject,
    parts.publicKey,
    parts.beforeExtensions,
    parts.extensions,
    parts.afterExtensions,
  )
}

export function version(value: number): Uint8Array {
  return explicit(0, smallInteger(value))
}

/** A name of steps with one attribute each. */
export function name(...attributes: readonly Uint8Array[]): Uint8Array {
  return sequence(...attributes.map((one) => setOf(one)))
}

export function attribute(typeId: string, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(typeId), value)
}

export function extensions(...list: readonly Uint8Array[]): Uint8Array {
  return explicit(3, sequence(...list))
}

export function extension(id: string, value: Uint8Array, isCritical = false): Uint8Array {
  const critical = isCritical ? boolean(true) : absent
  return sequence(objectIdentifier(id), critical, octetString(value))
}

export function publicKey(
  algorithmId: string,
  parameters: Uint8Array,
  key: Uint8Array,
): Uint8Array {
  return sequence(sequence(objectIdentifier(algorithmId), parameters), bitString(key))
}

export function ecKey(curveId: string): Uint8Array {
  return publicKey('1.2.840.10045.2.1', objectIdentifier(curveId), hex('0401'))
}

export function rsaKey(modulus: Uint8Array, parameters = nullValue): Uint8Array {
  const key = sequence(modulus, smallInteger(65_537))
  return publicKey('1.2.840.113549.1.1.1', parameters, key)
}
