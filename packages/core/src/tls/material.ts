import { readFileSync } from 'node:fs'
import { isUint8Array } from 'node:util/types'
import * as z from 'zod'
import { lazily } from '../lazily.js'
import { PeerGateError } from '../errors.js'
import { fileUnreadable } from '../file-unreadable.js'

/**
 * PEM material: the path of a file, or PEM itself (a string that holds `-----BEGIN`, or bytes, which
 * are never taken for a path). Where DER is read as well, it comes as a file or as bytes.
 */
export type Material = string | Uint8Array

export const materialSchema: () => z.ZodType<Material> = lazily(() =>
  z.custom<Material>(
    (value) => (typeof value === 'string' ? value !== '' : isUint8Array(value)),
    'must be the path of a file, PEM text, or bytes of PEM',
  ),
)

/**
 * The text of `material`, decoded byte for byte so that nothing in it is replaced.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FILE_UNREADABLE or ERR_PEERGATE_PEM_INVALID
 */
export function readMaterial(role: string, material: Material): string {
  if (typeof material !== 'string') return Buffer.from(material).toString('latin1')
  if (!isPath(material)) return material
  if (bareBase64.test(material)) {
    const fault = `${role}: base64 without its BEGIN and END lines; give the whole PEM, or a path`
    throw new PeerGateError('ERR_PEERGATE_PEM_INVALID', fault)
  }
  try {
    return readFileSync(material, 'latin1')
  } catch (cause) {
    throw fileUnreadable(role, material, cause)
  }
}

/** Whether `material` names a file. */
export function isPath(material: Material): material is string {
  return typeof material === 'string' && !material.includes('-----BEGIN')
}

/** DER of some length in base64: taken for a path, a private key would end up in the message. */
const bareBase64 = /^\s*M[A-Za-z0-9+/=\s]{60,}$/

/** Each material with the option that it came from, as option errors write it. */
export function withRoles(
  role: string,
  materials: Material | readonly Material[],
): readonly (readonly [string, Material])[] {
  if (typeof materials === 'string' || isUint8Array(materials)) return [[role, materials]]
  return materials.map((material, index) => [`${role}.${index}`, material])
}
