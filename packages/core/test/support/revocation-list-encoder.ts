import { sign, type KeyObject, type SignKeyObjectInput } from 'node:crypto'
import { absent, attribute, name } from './certificate-encoder.js'
import {
  bitString,
  explicit,
  hex,
  integer,
  objectIdentifier,
  sequence,
  smallInteger,
  utcTime,
  utf8String,
} from './der-encoder.js'

/** The fields of a revocation list, each already encoded; an empty array leaves a field out. */
export interface RevocationListParts {
  readonly version: Uint8Array
  readonly signature: Uint8Array
  readonly issuer: Uint8Array
  readonly thisUpdate: Uint8Array
  readonly nextUpdate: Uint8Array
  readonly revoked: Uint8Array
  readonly extensions: Uint8Array
  readonly afterExtensions: Uint8Array
  readonly signatureAlgorithm: Uint8Array
  readonly signatureValue: Uint8Array
  readonly afterSignature: Uint8Array
}

const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'))

/** The smallest list of version 2 that breaks no rule: nothing is revoked. */
const plainParts: RevocationListParts = {
  version: smallInteger(1),
  signature: ecdsaWithSha256,
  issuer: name(attribute('2.5.4.3', utf8String('ca'))),
  thisUpdate: utcTime('250101000000Z'),
  nextUpdate: utcTime('350101000000Z'),
  revoked: absent,
  extensions: absent,
  afterExtensions: absent,
  signatureAlgorithm: ecdsaWithSha256,
  signatureValue: bitString(hex('3006020101020101')),
  afterSignature: absent,
}

export function encodeRevocationList(changes: Partial<RevocationListParts> = {}): Uint8Array {
  const parts = { ...plainParts, ...changes }
  return sequence(
    encodeSigned(parts),
    parts.signatureAlgorithm,
    parts.signatureValue,
    parts.afterSignature,
  )
}

/** The list as `sign` of node:crypto signs it, by default with ECDSA and SHA-256. */
export function signRevocationList(
  changes: Partial<RevocationListParts>,
  key: KeyObject | SignKeyObjectInput,
  digest: string | null = 'sha256',
): Uint8Array {
  const signed = encodeSigned({ ...plainParts, ...changes })
  return encodeRevocationList({ ...changes, signatureValue: bitString(sign(digest, signed, key)) })
}

function encodeSigned(parts: RevocationListParts): Uint8Array {
  return sequence(
    parts.version,
    parts.signature,
    parts.issuer,
    parts.thisUpdate,
    parts.nextUpdate,
    parts.revoked,
    parts.extensions,
    parts.afterExtensions,
  )
}

/** An entry for the serial number with this magnitude. */
export function revokedEntry(magnitude: Uint8Array, ...rest: readonly Uint8Array[]): Uint8Array {
  return sequence(integer(magnitude), utcTime('250101000000Z'), ...rest)
}

export function listExtensions(...list: readonly Uint8Array[]): Uint8Array {
  return explicit(0, sequence(...list))
}

/** So many entries, whose serial numbers have 16 bytes: twelve of 0x11 and the index. */
export function manyRevoked(count: number): Uint8Array {
  const entries = Array.from({ length: count }, (_entry, index) => {
    const magnitude = Buffer.alloc(16, 0x11)
    magnitude.writeUInt32BE(index, 12)
    return revokedEntry(magnitude)
  })
  return sequence(Buffer.concat(entries))
}
