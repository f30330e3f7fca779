import { constants } from 'node:crypto'
import {
  enter,
  hasMore,
  leave,
  malformed,
  openDer,
  readOpaque,
  tags,
  type DerReader,
} from './der.js'
import { readObjectIdentifier } from './object-identifier.js'

/** How to verify a signature with `node:crypto`. */
export interface SignatureAlgorithm {
  readonly keyType: 'ec' | 'ed25519' | 'ed448' | 'rsa'
  /** Null where the algorithm itself says how to hash. */
  readonly digest: 'sha256' | 'sha384' | 'sha512' | null
  /** Only for RSA that is not of PKCS #1 version 1.5. */
  readonly padding?: { readonly padding: number; readonly saltLength: number }
}

/** Reads an AlgorithmIdentifier (RFC 5280 §4.1.1.2) as its DER, which is how two are compared. */
export function readSignatureAlgorithm(reader: DerReader, field: string): Uint8Array {
  const start = reader.position
  const algorithm = enter(reader, tags.sequence, field)
  readObjectIdentifier(algorithm, field)
  if (hasMore(algorithm)) readOpaque(algorithm, field)
  leave(algorithm, field)
  return reader.bytes.subarray(start, reader.position)
}

/**
 * The algorithm that the DER of an AlgorithmIdentifier stands for. One is accepted with the
 * parameters of its clause only, and none that hashes with less than SHA-256.
 */
export function acceptSignatureAlgorithm(der: Uint8Array, field: string): SignatureAlgorithm {
  const accepted = acceptedAlgorithms.get(Buffer.from(der).toString('hex'))
  if (accepted !== undefined) return accepted
  const id = readObjectIdentifier(enter(openDer(der), tags.sequence, field), field)
  throw malformed(field, `${id} is not accepted, or not with these parameters`)
}

/** As long as the digest is the only salt of RFC 4055 §3.1 that is in use. */
const pss = {
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
}

/** By the whole DER in hexadecimal. */
const acceptedAlgorithms: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  // ECDSA, which has no parameters (RFC 5758 §3.2).
  ['300a06082a8648ce3d040302', { keyType: 'ec', digest: 'sha256' }],
  ['300a06082a8648ce3d040303', { keyType: 'ec', digest: 'sha384' }],
  ['300a06082a8648ce3d040304', { keyType: 'ec', digest: 'sha512' }],
  // PKCS #1 version 1.5, whose parameters are NULL (RFC 4055 §5).
  ['300d06092a864886f70d01010b0500', { keyType: 'rsa', digest: 'sha256' }],
  ['300d06092a864886f70d01010c0500', { keyType: 'rsa', digest: 'sha384' }],
  ['300d06092a864886f70d01010d0500', { keyType: 'rsa', digest: 'sha512' }],
  // Edwards curves, which have no parameters (RFC 8410 §3).
  ['300506032b6570', { keyType: 'ed25519', digest: null }],
  ['300506032b6571', { keyType: 'ed448', digest: null }],
  [pssWith('01', '20'), { keyType: 'rsa', digest: 'sha256', padding: pss }],
  [pssWith('02', '30'), { keyType: 'rsa', digest: 'sha384', padding: pss }],
  [pssWith('03', '40'), { keyType: 'rsa', digest: 'sha512', padding: pss }],
])

/** RSASSA-PSS (RFC 4055 §3.1): a hash, the same to generate the mask, and the length of the salt. */
function pssWith(lastArcOfHash: string, saltLength: string): string {
  const hash = `300d06096086480165030402${lastArcOfHash}0500`
  const maskGeneration = `301a06092a864886f70d010108${hash}`
  return `304106092a864886f70d01010a3034a00f${hash}a11c${maskGeneration}a2030201${saltLength}`
}
