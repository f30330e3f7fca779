import { malformed, type DerReader } from './der.js'
import { readUnsigned } from './der-primitives.js'

/**
 * Reads a serial number, of at most 20 octets as encoded (RFC 5280 §4.1.2.2), as Node's
 * `X509Certificate` writes it: upper-case hexadecimal of whole bytes, `0` for zero.
 */
export function readSerialNumber(reader: DerReader, field: string): string {
  const start = reader.position
  const magnitude = readUnsigned(reader, field)
  if (reader.position - start > 22) throw malformed(field, 'is longer than 20 octets')
  return magnitude.length === 0 ? '0' : Buffer.from(magnitude).toString('hex').toUpperCase()
}
