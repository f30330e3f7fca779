import { X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { CertificateFacts } from '../certificate/certificate-facts.js'
import { formatDistinguishedName } from '../certificate/format-distinguished-name.js'
import { parseCertificate } from '../certificate/parse-certificate.js'
import { parsePem } from '../certificate/pem.js'
import { PeerGateError } from '../errors.js'
import { readMaterial } from './material.js'
import type { Material } from './material.js'

/** The CAs that may have issued a client's certificate, by the name of their set. */
export interface ClientCas {
  /** One PEM certificate each, without anything that stood around it in a file. */
  readonly certificates: readonly string[]
  /** Lower-case hexadecimal SHA-256 fingerprints by set, sorted: what this trust consists of. */
  readonly fingerprints: string
  /**
   * The name of the set that admitted a verified leaf; null where several sets are configured and
   * none of their certificates signed it, which is so below an intermediate that is not configured.
   */
  readonly trustSetOf: (leaf: X509Certificate) => string | null
}

/**
 * Reads the client CA sets and refuses whatever OpenSSL would take in silence: a set without a CA,
 * a block that does not parse, a certificate that is not a CA, a set in which every CA has expired.
 * A single expired CA is a process warning with the code `PEERGATE_CLIENT_CA_EXPIRED`.
 *
 * @throws {PeerGateError} ERR_PEERGATE_CLIENT_CA_INVALID, ERR_PEERGATE_PEM_INVALID or
 * ERR_PEERGATE_FILE_UNREADABLE
 */
export function loadClientCas(
  sets: Readonly<Record<string, Material | readonly Material[]>>,
): ClientCas {
  const cas = Object.entries(sets).flatMap(([set, materials]) => loadSet(set, [materials].flat()))
  refuseSharedKeys(cas)
  const names = new Set(cas.map(({ set }) => set))
  const [only] = names.size === 1 ? names : []
  return {
    certificates: cas.map(({ x509 }) => x509.toString()),
    fingerprints: cas
      .map(({ set, facts }) => `${set} ${facts.fingerprint256}`)
      .toSorted()
      .join('\n'),
    trustSetOf: (leaf) => only ?? cas.find((ca) => isIssuedBy(leaf, ca))?.set ?? null,
  }
}

interface ClientCa {
  readonly set: string
  readonly facts: CertificateFacts
  readonly x509: X509Certificate
  readonly publicKey: KeyObject
}

function loadSet(set: string, materials: readonly Material[]): readonly ClientCa[] {
  const role = `clientCas.${set}`
  const cas = materials.flatMap((material) =>
    parsePem(readMaterial(role, material), role).map(({ label, der }, index) =>
      loadCa(set, `certificate ${index + 1} of ${role}`, label, der),
    ),
  )
  const now = Date.now()
  const valid = cas.filter(({ facts }) => facts.notBefore <= now && now <= facts.notAfter)
  if (valid.length === 0) throw invalid(`${role} holds no CA that is valid now`)
  for (const { facts } of cas.filter((ca) => now > ca.facts.notAfter)) warnOfExpired(role, facts)
  return cas
}

function loadCa(set: string, place: string, label: string, der: Uint8Array): ClientCa {
  if (label !== 'CERTIFICATE') throw invalid(`${place} is a ${label}; only CA certificates belong`)
  try {
    const facts = parseCertificate(der)
    if (!isAuthority(facts)) throw invalid(`${place} is not a CA (basicConstraints, keyUsage)`)
    const x509 = new X509Certificate(der)
    return { set, facts, x509, publicKey: x509.publicKey }
  } catch (cause) {
    if (cause instanceof PeerGateError && cause.code === 'ERR_PEERGATE_CLIENT_CA_INVALID') {
      throw cause
    }
    const why = cause instanceof PeerGateError ? cause.detail : 'OpenSSL cannot read it'
    throw invalid(`${place} is not a certificate: ${why}`, cause)
  }
}

function isAuthority({ basicConstraints, keyUsage }: CertificateFacts): boolean {
  return basicConstraints?.ca === true && (keyUsage === null || keyUsage.includes('keyCertSign'))
}

/** A key in two sets would make the name of the set that admitted a peer a matter of order. */
function refuseSharedKeys(cas: readonly ClientCa[]): void {
  const setByKey = new Map<string, string>()
  for (const { set, publicKey } of cas) {
    const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
    const other = setByKey.get(key) ?? set
    if (other !== set) throw invalid(`clientCas.${set} and clientCas.${other} share a CA key`)
    setByKey.set(key, set)
  }
}

function isIssuedBy(leaf: X509Certificate, { x509, publicKey }: ClientCa): boolean {
  return leaf.checkIssued(x509) && leaf.verify(publicKey)
}

function warnOfExpired(role: string, { subject, notAfter }: CertificateFacts): void {
  const name = formatDistinguishedName(subject)
  process.emitWarning(`${role}: the CA ${name} expired on ${new Date(notAfter).toISOString()}`, {
    type: 'PeergateWarning',
    code: 'PEERGATE_CLIENT_CA_EXPIRED',
  })
}

function invalid(fault: string, cause?: unknown): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_CLIENT_CA_INVALID', fault, { cause })
}
