import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { PeerGateError } from '../errors.js'

/**
 * PEM material: the path of a file, or PEM itself (a string that holds `-----BEGIN`, or bytes, which
 * are never taken for a path).
 */
export type Material = string | Uint8Array

export const materialSchema: z.ZodType<Material> = z.union(
  [z.string().min(1), z.instanceof(Uint8Array)],
  { error: 'must be the path of a file, PEM text, or bytes of PEM' },
)

/**
 * The text of `material`, decoded byte for byte so that nothing in it is replaced.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FILE_UNREADABLE
 */
export function readMaterial(role: string, material: Material): string {
  if (typeof material !== 'string') return Buffer.from(material).toString('latin1')
  if (material.includes('-----BEGIN')) return material
  try {
    return readFileSync(material, 'latin1')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const fault = `${role}: ${JSON.stringify(material)} could not be read (${code})`
    throw new PeerGateError('ERR_PEERGATE_FILE_UNREADABLE', fault, { cause })
  }
}
