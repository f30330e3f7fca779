import { PeerGateError } from '../errors.js'
import type { CertificateFacts } from './certificate-facts.js'
import type { PublicKeyFacts } from './public-key.js'

/**
 * Refuses a certificate that no client may present, whoever issued it: one that may sign others, or
 * whose key is too weak to prove anything.
 *
 * @throws {PeerGateError} ERR_PEERGATE_CERTIFICATE_IS_CA or ERR_PEERGATE_CERTIFICATE_KEY_WEAK.
 */
export function refuseUnfitLeaf({ basicConstraints, keyUsage, publicKey }: CertificateFacts): void {
  if (basicConstraints?.ca === true) throw isCa('basicConstraints has cA set')
  if (keyUsage?.includes('keyCertSign') === true) throw isCa('keyUsage has keyCertSign set')
  refuseWeakKey(publicKey)
}

const minimumRsaBits = 2048
const minimumEcBits = 256

function refuseWeakKey({ algorithm, algorithmId, bits }: PublicKeyFacts): void {
  switch (algorithm) {
    case 'RSA':
      return refuseFewBits('RSA', bits, minimumRsaBits)
    case 'EC':
      return refuseFewBits('EC', bits, minimumEcBits)
    case 'Ed25519':
    case 'Ed448':
      return
    case 'unknown':
      throw isWeak(`algorithm ${algorithmId} is not known; use RSA, EC, Ed25519 or Ed448`)
  }
}

function refuseFewBits(algorithm: string, bits: number | null, minimum: number): void {
  if (bits === null)
    throw isWeak(`${algorithm} key on a curve that is not known; use P-256 or a stronger one`)
  if (bits < minimum) {
    throw isWeak(`${algorithm} key of ${bits} bits; at least ${minimum} are required`)
  }
}

function isCa(fault: string): PeerGateError {
  const detail = `${fault}; use a certificate of its own and not that of a CA`
  return new PeerGateError('ERR_PEERGATE_CERTIFICATE_IS_CA', detail)
}

function isWeak(detail: string): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_CERTIFICATE_KEY_WEAK', detail)
}
