import type { X509Certificate } from 'node:crypto'
import { isUint8Array } from 'node:util/types'
import type { CertificateFacts } from '../certificate/certificate-facts.js'
import { formatDistinguishedName } from '../certificate/format-distinguished-name.js'
import { PeerGateError } from '../errors.js'
import { isIssuedBy, loadCertificates } from './load-certificates.js'
import type { LoadedCertificate } from './load-certificates.js'
import type { Material } from './material.js'

/** The CAs that may have issued a client's certificate, by the name of their set. */
export interface ClientCas {
  /** One PEM text of all certificates, without anything that stood around them in a file. */
  readonly bundle: string
  /** Fingerprints by set, sorted: what this trust consists of. */
  readonly fingerprints: string
  /**
   * The name of the set that admitted a verified leaf; null where several sets are configured and
   * none of their certificates signed it, which is so below an intermediate that is not configured.
   */
  readonly trustSetOf: (leaf: X509Certificate) => string | null
}

/**
 * Reads the client CA sets and refuses whatever OpenSSL would take in silence: a set without a CA,
 * a block that does not parse, a certificate that is not a CA, a set in which no CA is valid now.
 * A single expired CA is a process warning with the code `PEERGATE_CLIENT_CA_EXPIRED`.
 *
 * @throws {PeerGateError} ERR_PEERGATE_CLIENT_CA_INVALID, ERR_PEERGATE_PEM_INVALID or
 * ERR_PEERGATE_FILE_UNREADABLE
 */
export function loadClientCas(
  sets: Readonly<Record<string, Material | readonly Material[]>>,
): ClientCas {
  const loaded = Object.entries(sets).map(([set, materials]) => loadSet(set, materials))
  refuseSharedKeys(loaded)
  return {
    bundle: loaded.flatMap(({ cas }) => cas.map(({ x509 }) => x509.toString())).join(''),
    fingerprints: loaded.flatMap(describeSet).toSorted().join('\n'),
    trustSetOf: (leaf) => findTrustSet(leaf, loaded)?.set ?? null,
  }
}

interface ClientCaSet {
  readonly set: string
  readonly cas: readonly LoadedCertificate[]
}

function loadSet(set: string, materials: Material | readonly Material[]): ClientCaSet {
  const role = `clientCas.${set}`
  const cas = withRoles(role, materials).flatMap(([each, material]) =>
    loadCertificates(each, material, 'ERR_PEERGATE_CLIENT_CA_INVALID'),
  )
  for (const { place, facts } of cas) refuseLeaf(place, facts)
  const now = Date.now()
  if (!cas.some(({ facts }) => facts.notBefore <= now && now <= facts.notAfter)) {
    throw invalid(`${role} holds no CA that is valid now; renew it`)
  }
  for (const { place, facts } of cas) if (now > facts.notAfter) warnOfExpired(place, facts)
  return { set, cas }
}

/** Each material with the option that it came from, as option errors write it. */
function withRoles(
  role: string,
  materials: Material | readonly Material[],
): readonly (readonly [string, Material])[] {
  if (typeof materials === 'string' || isUint8Array(materials)) return [[role, materials]]
  return materials.map((material, index) => [`${role}.${index}`, material])
}

function refuseLeaf(place: string, { basicConstraints, keyUsage }: CertificateFacts): void {
  if (basicConstraints?.ca !== true) throw invalid(`${place} is not a CA (basicConstraints)`)
  if (keyUsage?.includes('keyCertSign') === false) {
    throw invalid(`${place} may not sign certificates (keyUsage)`)
  }
}

/** A key in two sets would make the name of the set that admitted a peer a matter of order. */
function refuseSharedKeys(sets: readonly ClientCaSet[]): void {
  const setByKey = new Map<string, string>()
  for (const { set, cas } of sets) {
    for (const { publicKey } of cas) {
      const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
      const other = setByKey.get(key) ?? set
      if (other !== set) {
        throw invalid(`clientCas.${other} and clientCas.${set} share a CA key; put it into one set`)
      }
      setByKey.set(key, set)
    }
  }
}

function describeSet({ set, cas }: ClientCaSet): readonly string[] {
  return cas.map(({ facts }) => `${set} ${facts.fingerprint256}`)
}

/** OpenSSL verified the leaf against all sets; with one set, there is nothing left to find. */
function findTrustSet(
  leaf: X509Certificate,
  sets: readonly ClientCaSet[],
): ClientCaSet | undefined {
  if (sets.length === 1) return sets[0]
  return sets.find(({ cas }) => cas.some((ca) => isIssuedBy(leaf, ca)))
}

function warnOfExpired(place: string, { subject, notAfter }: CertificateFacts): void {
  const name = formatDistinguishedName(subject)
  const time = new Date(notAfter).toISOString()
  process.emitWarning(`${place}: the CA ${name} expired on ${time}; remove or renew it`, {
    type: 'PeergateWarning',
    code: 'PEERGATE_CLIENT_CA_EXPIRED',
  })
}

function invalid(fault: string): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_CLIENT_CA_INVALID', fault)
}
