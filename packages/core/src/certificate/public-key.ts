import { enter, hasMore, isNext, leave, openDer, readOpaque, tags, type DerReader } from './der.js'
import { readBitStringOfBytes, readNull, readUnsigned } from './der-primitives.js'
import { readObjectIdentifier } from './object-identifier.js'

/** What a certificate says of its key (RFC 5280 §4.1.2.7), without loading the key. */
export interface PublicKeyFacts {
  /** `unknown` for every algorithm that no rule of this library accepts. */
  readonly algorithm: 'RSA' | 'EC' | 'Ed25519' | 'Ed448' | 'unknown'
  /** Dotted object identifier of the algorithm. */
  readonly algorithmId: string
  /**
   * Bits of the RSA modulus or of the order of the EC curve; null where they are not known, and for
   * Ed25519 and Ed448, which have one size.
   */
  readonly bits: number | null
}

/** Reads a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). */
export function readPublicKey(reader: DerReader, field: string): PublicKeyFacts {
  const info = enter(reader, tags.sequence, field)
  const parameters = enter(info, tags.sequence, field)
  const algorithmId = readObjectIdentifier(parameters, field)
  const key = readBitStringOfBytes(info, field)
  leave(info, field)
  const { algorithm, bits } = readKey(algorithmId, { parameters, key, field })
  leave(parameters, `${field} parameters`)
  return Object.freeze({ algorithm, algorithmId, bits })
}

interface KeyMaterial {
  /** What follows the object identifier of the algorithm. */
  readonly parameters: DerReader
  readonly key: Uint8Array
  readonly field: string
}

function readKey(
  algorithmId: string,
  material: KeyMaterial,
): Pick<PublicKeyFacts, 'algorithm' | 'bits'> {
  switch (algorithmId) {
    case '1.2.840.113549.1.1.1':
      readNull(material.parameters, `${material.field} parameters`)
      return { algorithm: 'RSA', bits: readModulusBits(material) }
    case '1.2.840.113549.1.1.10':
      skipParameters(material)
      return { algorithm: 'RSA', bits: readModulusBits(material) }
    case '1.2.840.10045.2.1':
      return { algorithm: 'EC', bits: readCurveBits(material) }
    case '1.3.101.112':
      return { algorithm: 'Ed25519', bits: null }
    case '1.3.101.113':
      return { algorithm: 'Ed448', bits: null }
    default:
      skipParameters(material)
      return { algorithm: 'unknown', bits: null }
  }
}

/** RSAPublicKey (RFC 8017 §A.1.1). */
function readModulusBits({ key, field }: KeyMaterial): number {
  const whole = openDer(key)
  const numbers = enter(whole, tags.sequence, field)
  leave(whole, field)
  const modulus = readUnsigned(numbers, `${field} modulus`)
  readUnsigned(numbers, `${field} exponent`)
  leave(numbers, field)
  return modulus.length * 8 - leadingZeroBits(modulus)
}

function leadingZeroBits([first]: Uint8Array): number {
  return first === undefined ? 0 : Math.clz32(first) - 24
}

/** Curves by name; explicit parameters can describe a curve that is weak on purpose. */
function readCurveBits(material: KeyMaterial): number | null {
  const { parameters, field } = material
  if (!isNext(parameters, tags.objectIdentifier)) {
    skipParameters(material)
    return null
  }
  return bitsOfCurve.get(readObjectIdentifier(parameters, `${field} curve`)) ?? null
}

const bitsOfCurve: ReadonlyMap<string, number> = new Map([
  ['1.2.840.10045.3.1.1', 192],
  ['1.3.132.0.33', 224],
  ['1.2.840.10045.3.1.7', 256],
  ['1.3.132.0.10', 256],
  ['1.3.132.0.34', 384],
  ['1.3.132.0.35', 521],
  ['1.3.36.3.3.2.8.1.1.7', 256],
  ['1.3.36.3.3.2.8.1.1.11', 384],
  ['1.3.36.3.3.2.8.1.1.13', 512],
])

function skipParameters({ parameters, field }: KeyMaterial): void {
  if (hasMore(parameters)) readOpaque(parameters, `${field} parameters`)
}
