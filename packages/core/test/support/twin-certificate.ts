import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import type { MintedLeaf } from '@peergate/testkit'
import { enter, openDer, readElement, readTagged, tags } from '#core/certificate/der.js'
import type { DerReader } from '#core/certificate/der.js'
import { readBitStringOfBytes, readUnsigned } from '#core/certificate/der-primitives.js'
import { bitString, hex, integer, sequence } from './der-encoder.js'

/** The same certificate with the other signature (r, n − s), n being the order of the issuer's curve. */
export function twinOf(der: Uint8Array, curve = 'P-256'): Uint8Array {
  const certificate = enter(openDer(der), tags.sequence, 'certificate')
  const start = certificate.position
  readElement(certificate, 'tbsCertificate')
  readElement(certificate, 'signatureAlgorithm')
  const beforeSignature = der.subarray(start, certificate.position)
  const signature = readBitStringOfBytes(certificate, 'signatureValue')
  const numbers = enter(openDer(signature), tags.sequence, 'signatureValue')
  const r = readUnsigned(numbers, 'r')
  const s = orderOf(curve) - readNumber(numbers)
  const digits = s.toString(16)
  const other = hex(digits.padStart(digits.length + (digits.length % 2), '0'))
  return sequence(beforeSignature, bitString(sequence(integer(r), integer(other))))
}

/** The twin of a leaf that is for the same key. */
export function twinLeafOf(leaf: MintedLeaf): MintedLeaf {
  const der = twinOf(leaf.der)
  return { ...leaf, der, certificate: new X509Certificate(der).toString() }
}

/** As OpenSSL writes it, who is asked for the curve in explicit parameters (RFC 3279 §2.3.5). */
function orderOf(curve: string): bigint {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: curve, paramEncoding: 'explicit' })
  const der = publicKey.export({ type: 'spki', format: 'der' })
  const info = enter(openDer(der), tags.sequence, 'subjectPublicKeyInfo')
  const algorithm = enter(info, tags.sequence, 'algorithm')
  readTagged(algorithm, tags.objectIdentifier, 'algorithm')
  const parameters = enter(algorithm, tags.sequence, 'parameters')
  for (const field of ['version', 'fieldID', 'curve', 'base']) readElement(parameters, field)
  return readNumber(parameters)
}

function readNumber(reader: DerReader): bigint {
  return BigInt(`0x${Buffer.from(readUnsigned(reader, 'number')).toString('hex')}`)
}
