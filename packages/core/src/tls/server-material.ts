import { createPrivateKey } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { refuseUnfitLeaf } from '../certificate/leaf.js'
import { PeerGateError } from '../errors.js'
import type { HostName, ServerCredentials } from './host-options.js'
import { isIssuedBy, loadCertificates } from './load-certificates.js'
import type { LoadedCertificate, LoadedCertificates } from './load-certificates.js'
import { readMaterial } from './material.js'
import type { Material } from './material.js'

/** What a server proves itself with. */
export interface ServerMaterial {
  /** The leaf, followed by its intermediates, each of which issued the one before it. */
  readonly cert: string
  readonly key: string
  /** There only for an encrypted key. */
  readonly passphrase?: string
}

/** What a server proves itself with, and its chain as it was read, leaf first. */
export interface LoadedServer {
  readonly material: ServerMaterial
  readonly chain: LoadedCertificates
}

/**
 * Reads a server's certificate chain and key, and refuses what would only fail at the first
 * handshake: a CA in the place of the leaf, a chain in the wrong order, a key of another certificate,
 * a certificate that does not bear the name of its host.
 *
 * @param role where the options stand, as option errors write it: `server`.
 * @throws {PeerGateError} ERR_PEERGATE_SERVER_CERTIFICATE_INVALID, ERR_PEERGATE_SERVER_KEY_INVALID,
 * ERR_PEERGATE_PEM_INVALID or ERR_PEERGATE_FILE_UNREADABLE
 */
export function loadServer(role: string, options: ServerCredentials, host: HostName): LoadedServer {
  const chain = loadChain(`${role}.cert`, options.cert)
  if (host !== null) refuseOtherName(host, chain[0])
  const { passphrase } = options
  const material: ServerMaterial = {
    cert: chain.map(({ x509 }) => x509.toString()).join(''),
    key: readMaterial(`${role}.key`, options.key),
    ...(passphrase === undefined ? {} : { passphrase }),
  }
  if (!isUsable(role, material, chain[0])) {
    throw invalidKey(`${role}.key belongs to another certificate than the leaf of ${role}.cert`)
  }
  return { material, chain }
}

const certificateCode = 'ERR_PEERGATE_SERVER_CERTIFICATE_INVALID'

function loadChain(role: string, material: Material): LoadedCertificates {
  const chain = loadCertificates(role, material, certificateCode)
  refuseUnfitServer(chain[0])
  let [issued] = chain
  for (const issuer of chain.slice(1)) {
    if (!isIssuedBy(issued.x509, issuer)) {
      throw invalidCertificate(`${issuer.place} did not issue the one before it; reorder the chain`)
    }
    issued = issuer
  }
  return chain
}

/** A server's leaf has to be as fit as a client's, which the same rules say on every Node. */
function refuseUnfitServer({ place, facts }: LoadedCertificate): void {
  try {
    refuseUnfitLeaf(facts)
  } catch (cause) {
    const { detail } = cause as PeerGateError
    throw invalidCertificate(`${place} must be the leaf of a server: ${detail}`, cause)
  }
  if (facts.extendedKeyUsage?.includes(serverAuth) === false) {
    throw invalidCertificate(`${place} was not issued for servers (extendedKeyUsage)`)
  }
}

const serverAuth = '1.3.6.1.5.5.7.3.1'

/** The certificate of another host, which every client would refuse. */
function refuseOtherName(host: string, { place, x509 }: LoadedCertificate): void {
  if (x509.checkHost(host, { subject: 'never' }) !== undefined) return
  throw invalidCertificate(`${place} does not bear the name of its host (subjectAltName)`)
}

/** OpenSSL has limits of its own, which differ between versions, so that a context is tried too. */
function isUsable(role: string, material: ServerMaterial, { x509 }: LoadedCertificate): boolean {
  try {
    const { key, passphrase } = material
    const privateKey = createPrivateKey(passphrase === undefined ? key : { key, passphrase })
    if (!x509.checkPrivateKey(privateKey)) return false
    createSecureContext(material)
    return true
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const fault = `OpenSSL refuses ${role}.key with ${role}.cert (${code}); the key must be in PEM, and an encrypted one needs ${role}.passphrase`
    throw invalidKey(fault, cause)
  }
}

function invalidCertificate(fault: string, cause?: unknown): PeerGateError {
  return new PeerGateError(certificateCode, fault, { cause })
}

function invalidKey(fault: string, cause?: unknown): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_SERVER_KEY_INVALID', fault, { cause })
}
