import { verify, type KeyObject } from 'node:crypto'
import type { RevocationList } from './revocation-list.js'

/**
 * Says whether the private key of `publicKey` signed a revocation list. A key of another kind than
 * that of the list's algorithm did not.
 */
export function verifyRevocationList(list: RevocationList, publicKey: KeyObject): boolean {
  const { keyType, digest, padding } = list.signatureAlgorithm
  if (publicKey.asymmetricKeyType !== keyType) return false
  return verify(digest, list.signed, { key: publicKey, ...padding }, list.signature)
}
