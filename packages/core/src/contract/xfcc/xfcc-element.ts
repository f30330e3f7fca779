import { formatFingerprint, fingerprintOf } from '../../identity-value/fingerprint.js'
import type { SubjectAlternativeName } from '../../certificate/subject-alternative-name.js'
import { ambiguous, malformed } from '../contract-fault.js'
import type { LeafFirst } from '../decode/der.js'
import { decodePem, decodeSinglePem } from '../decode/pem.js'
import type { Forwarded, ForwardedAssurance } from '../proxy-contract.js'

/** What one proxy says of the peer of its connection; null where it does not say it. */
export interface XfccElement {
  /** SHA-256 of the peer’s certificate, in hexadecimal. */
  readonly hash: string | null
  /** The peer’s certificate in PEM. */
  readonly certificate: string | null
  /** Whatever the peer sent, in PEM, with its certificate first. */
  readonly chain: string | null
  readonly uris: readonly string[]
  readonly dnsNames: readonly string[]
}

export interface XfccRule {
  /** Whether an element without the hash is read. */
  readonly hash: 'optional' | 'required'
  readonly assurance: ForwardedAssurance
}

/**
 * The certificate of an element, or the names of one that was not forwarded. Where there is a
 * certificate, the names beside it count for nothing: Envoy neither quotes nor escapes them.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED or
 * ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS
 */
export function readXfccElement(
  header: string,
  element: XfccElement,
  { hash, assurance }: XfccRule,
): Forwarded {
  const fingerprint256 = readHash(header, element, hash)
  const certificates = readCertificates(header, element)
  if (certificates === null) return { names: namesOf(header, element), fingerprint256, assurance }
  const [leaf, ...chain] = certificates
  if (fingerprint256 !== null && fingerprint256 !== fingerprintOf(leaf)) {
    throw ambiguous(header, 'must have the SHA-256 of its certificate as Hash')
  }
  return { leaf, chain, assurance }
}

function readHash(
  header: string,
  { hash }: XfccElement,
  rule: 'optional' | 'required',
): string | null {
  if (hash === null && rule === 'optional') return null
  if (hash === null) throw malformed(header, 'must have a Hash beside what it says of the client')
  if (/^[\dA-Fa-f]{64}$/u.test(hash)) return formatFingerprint(hash)
  throw malformed(header, 'must have a Hash of 64 hexadecimal digits')
}

/** Either key alone will do; both must agree on the leaf. No other one is ever taken for it. */
function readCertificates(header: string, { certificate, chain }: XfccElement): LeafFirst | null {
  const leaf = certificate === null ? null : decodeSinglePem(header, certificate)
  const sent = chain === null ? null : decodePem(header, chain)
  if (leaf === null || sent === null) return leaf === null ? sent : [leaf]
  if (Buffer.compare(leaf, sent[0]) === 0) return sent
  throw ambiguous(header, 'must have the same certificate as Cert and at the beginning of Chain')
}

/** As many as a certificate that is read may have. */
const mostNames = 100

function namesOf(
  header: string,
  { uris, dnsNames }: XfccElement,
): readonly SubjectAlternativeName[] {
  if (uris.length + dnsNames.length > mostNames) {
    throw malformed(header, `must have at most ${mostNames} names of a client`)
  }
  const names: SubjectAlternativeName[] = []
  for (const value of uris) names.push({ type: 'uniformResourceIdentifier', value })
  for (const value of dnsNames) names.push({ type: 'dNSName', value })
  return names
}
