import { fingerprintOf } from '../identity-value/fingerprint.js'
import { enter, leave, openDer, tags } from './der.js'
import { readUnsigned } from './der-primitives.js'
import { readObjectIdentifier } from './object-identifier.js'

/** The parts of a certificate (RFC 5280 §4.1.1). */
export interface SignedCertificate {
  /** What stands before the signature: tbsCertificate and signatureAlgorithm. */
  readonly beforeSignature: Uint8Array
  /** The DER of signatureAlgorithm. */
  readonly algorithm: Uint8Array
  /** The bytes of signatureValue. */
  readonly signature: Uint8Array
}

/**
 * The fingerprints of the twins of a certificate; null where its signature is no DER of ECDSA, though
 * its algorithm is.
 *
 * Where (r, s) is an ECDSA signature, (r, n − s) is one too, n being the order of the curve. Nothing
 * signs the signature, so that whoever holds a certificate can give it another fingerprint, without
 * the CA and without a key. The curve is that of the CA and not known here: there is a fingerprint
 * for every order that r and s fit, of which at most one is that of a certificate that verifies.
 *
 * Other algorithms have no twins: OpenSSL takes one encoding of a signature only, and of that of RSA,
 * DSA or EdDSA nobody can make another without the key.
 */
export function listTwinFingerprints(certificate: SignedCertificate): readonly string[] | null {
  const { algorithm, signature } = certificate
  if (!isEcdsa(algorithm)) return []
  const numbers = readNumbers(signature)
  if (numbers === null) return null
  const [r, s] = numbers
  return fittingOrders(r > s ? r : s).map((order) =>
    fingerprintOf(encodeWithSignature(certificate, r, order - s)),
  )
}

function isEcdsa(algorithm: Uint8Array): boolean {
  const field = 'signatureAlgorithm'
  const id = readObjectIdentifier(enter(openDer(algorithm), tags.sequence, field), field)
  return id.startsWith('1.2.840.10045.4.') || ecdsaWithSha3.has(id)
}

const ecdsaWithSha3: ReadonlySet<string> = new Set(
  [9, 10, 11, 12].map((last) => `2.16.840.1.101.3.4.3.${last}`),
)

/** ECDSA-Sig-Value (RFC 3279 §2.2.3). */
function readNumbers(signature: Uint8Array): readonly [r: bigint, s: bigint] | null {
  const field = 'signatureValue'
  try {
    const whole = openDer(signature)
    const numbers = enter(whole, tags.sequence, field)
    leave(whole, field)
    const [r, s] = [readUnsigned(numbers, field), readUnsigned(numbers, field)]
    leave(numbers, field)
    return [toNumber(r), toNumber(s)]
  } catch {
    return null
  }
}

/** Zero has no bytes. */
function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`)
}

/** Both numbers are as good as random: below 2⁻⁶⁴ of an order they are of a smaller one. */
function fittingOrders(larger: bigint): readonly bigint[] {
  return orders.filter((order) => larger < order && larger >= order >> 64n)
}

/** Of the curves that a key can have here, and of the twists of Brainpool, which share theirs. */
const orders: readonly bigint[] = [
  // P-192, P-224, P-256, P-384 and P-521 (SEC 2).
  0xffffffffffffffffffffffff99def836146bc9b1b4d22831n,
  0xffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3dn,
  0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  // secp256k1 (SEC 2).
  0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  // Brainpool of 256, 384 and 512 bits (RFC 5639 §3).
  0xa9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7n,
  0x8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565n,
  0xaadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069n,
]

function encodeWithSignature(
  { beforeSignature }: SignedCertificate,
  r: bigint,
  s: bigint,
): Uint8Array {
  const signature = encode(tags.sequence, encodeUnsigned(r), encodeUnsigned(s))
  const noUnusedBits = Uint8Array.of(0)
  return encode(tags.sequence, beforeSignature, encode(tags.bitString, noUnusedBits, signature))
}

function encodeUnsigned(number: bigint): Uint8Array {
  const digits = number.toString(16)
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  const isSigned = (bytes[0] as number) >= 0x80
  return encode(tags.integer, Uint8Array.from(isSigned ? [0] : []), bytes)
}

function encode(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, content) => sum + content.length, 0)
  return Buffer.concat([Uint8Array.of(tag, ...encodeLength(length)), ...contents])
}

/** No certificate that is read is longer than two bytes can say. */
function encodeLength(length: number): readonly number[] {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}
