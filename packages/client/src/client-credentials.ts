import { createPrivateKey } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { PeerGateError } from '@peergate/core'
import type { CertificateFacts, Material, PeerGateErrorCode } from '@peergate/core'
import {
  isIssuedBy,
  loadCertificates,
  readMaterial,
  refuseUnfitLeaf,
  withRoles,
} from '@peergate/core/material'
import type { LoadedCertificate, LoadedCertificates } from '@peergate/core/material'
import type { ClientMaterial } from './client-material.js'

/** What the caller proves itself with, and whom it believes, as `node:tls` takes it; frozen. */
export interface ClientCredentials {
  readonly cert: string
  readonly key: string
  readonly passphrase: string | undefined
  /** One PEM text for each CA. */
  readonly serverCas: readonly string[]
  /** What the leaf says. */
  readonly facts: CertificateFacts
}

/**
 * Reads the material of a client, and refuses what would only fail at the first handshake, where the
 * server does not say why: a chain in the wrong order or with a gap, a key of another certificate, a
 * leaf that is no client's, or that has expired.
 *
 * @throws {PeerGateError} ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID, ERR_PEERGATE_CLIENT_KEY_INVALID,
 * ERR_PEERGATE_SERVER_CA_INVALID, ERR_PEERGATE_PEM_INVALID or ERR_PEERGATE_FILE_UNREADABLE
 */
export function loadClientCredentials(
  files: ClientMaterial & { readonly clientCa: Material | undefined },
  now: number,
): ClientCredentials {
  const chain = loadCertificates('cert', files.cert, certificateCode)
  refuseDisorder(chain)
  refuseUnfit(chain[0], now)
  for (const issuer of chain.slice(1)) refuseLapsed(issuer, now)
  if (files.clientCa !== undefined) refuseGap(chain, files.clientCa)
  const credentials = {
    cert: chain.map(({ x509 }) => x509.toString()).join(''),
    key: readMaterial('key', files.key),
    passphrase: files.passphrase,
  }
  refuseForeignKey(credentials, chain[0])
  return Object.freeze({
    ...credentials,
    serverCas: Object.freeze(loadServerCas(files.serverCas, now)),
    facts: chain[0].facts,
  })
}

const certificateCode = 'ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID'

/** Each certificate must have been issued by the next (RFC 5246 §7.4.2), which old peers insist on. */
function refuseDisorder(chain: LoadedCertificates): void {
  const fault = chain.findIndex((issued, index) => {
    const issuer = chain[index + 1]
    return issuer !== undefined && !isIssuedBy(issued.x509, issuer)
  })
  if (fault === -1) return
  const order = findOrder(chain)
  const remedy =
    order === null
      ? 'its issuer is not in the file; add it, or remove what does not belong to the chain'
      : `the order must be: ${order.map((certificate) => chain.indexOf(certificate) + 1).join(', ')}`
  throw invalid(`certificate ${fault + 2} of cert did not issue the one before it; ${remedy}`)
}

/** The certificates in an order in which each was issued by the next; null where there is none. */
function findOrder(chain: LoadedCertificates): readonly LoadedCertificate[] | null {
  const leaf = chain.find(
    (certificate) =>
      !chain.some((other) => other !== certificate && isIssuedBy(other.x509, certificate)),
  )
  const order: LoadedCertificate[] = []
  let next = leaf
  while (next !== undefined && !order.includes(next)) {
    const issued = next
    order.push(issued)
    next = chain.find((other) => other !== issued && isIssuedBy(issued.x509, other))
  }
  return order.length === chain.length ? order : null
}

function refuseUnfit(leaf: LoadedCertificate, now: number): void {
  const { place, facts } = leaf
  try {
    refuseUnfitLeaf(facts)
  } catch (cause) {
    const { detail } = cause as PeerGateError
    throw invalid(`${place} must be the leaf of a client: ${detail}`, cause)
  }
  if (facts.extendedKeyUsage?.includes(clientAuth) === false) {
    throw invalid(
      `${place} was not issued for clients (extendedKeyUsage); ask its CA for clientAuth`,
    )
  }
  refuseLapsed(leaf, now)
}

const clientAuth = '1.3.6.1.5.5.7.3.2'

function refuseLapsed({ place, facts }: LoadedCertificate, now: number): void {
  const { notBefore, notAfter } = facts
  const clock = `this clock says ${new Date(now).toISOString()}`
  if (now > notAfter) {
    throw invalid(`${place} expired ${new Date(notAfter).toISOString()}, and ${clock}; renew it`)
  }
  if (now < notBefore) {
    const since = new Date(notBefore).toISOString()
    throw invalid(`${place} is valid from ${since}, and ${clock}; compare the clocks`)
  }
}

function refuseGap(chain: LoadedCertificates, clientCa: Material): void {
  const anchors = loadCertificates('clientCa', clientCa, 'ERR_PEERGATE_CLIENT_CA_INVALID')
  const last = chain[chain.length - 1] as LoadedCertificate
  const leadsThere = anchors.some(
    (anchor) =>
      isIssuedBy(last.x509, anchor) || anchor.facts.fingerprint256 === last.facts.fingerprint256,
  )
  if (leadsThere) return
  throw invalid(`no CA of clientCa issued ${last.place}; append the intermediates between them`)
}

/** OpenSSL has limits of its own, which differ between versions, so that a context is tried too. */
function refuseForeignKey(
  { cert, key, passphrase }: Pick<ClientCredentials, 'cert' | 'key' | 'passphrase'>,
  { x509 }: LoadedCertificate,
): void {
  if (!isOwnKey()) {
    throw invalidKey('key belongs to another certificate than the leaf of cert')
  }

  function isOwnKey(): boolean {
    try {
      const privateKey = createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) })
      if (!x509.checkPrivateKey(privateKey)) return false
      createSecureContext({ cert, key, passphrase })
      return true
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      const fault = `OpenSSL refuses key with cert (${code}); the key must be in PEM, and an encrypted one needs passphrase`
      throw invalidKey(fault, cause)
    }
  }
}

function loadServerCas(materials: Material | readonly Material[], now: number): readonly string[] {
  const code: PeerGateErrorCode = 'ERR_PEERGATE_SERVER_CA_INVALID'
  const cas = withRoles('serverCas', materials).flatMap(([role, material]) =>
    loadCertificates(role, material, code),
  )
  for (const { place, facts } of cas) {
    if (facts.basicConstraints?.ca !== true) {
      throw new PeerGateError(code, `${place} is not a CA (basicConstraints)`)
    }
  }
  if (!cas.some(({ facts }) => facts.notBefore <= now && now <= facts.notAfter)) {
    throw new PeerGateError(code, 'serverCas holds no CA that is valid now; renew it')
  }
  return cas.map(({ x509 }) => x509.toString())
}

function invalid(fault: string, cause?: unknown): PeerGateError {
  return new PeerGateError(certificateCode, fault, { cause })
}

function invalidKey(fault: string, cause?: unknown): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_CLIENT_KEY_INVALID', fault, { cause })
}
