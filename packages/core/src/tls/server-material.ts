import { createPrivateKey } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { refuseUnfitLeaf } from '../certificate/leaf.js'
import { PeerGateError } from '../errors.js'
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

/**
 * Reads a server's certificate chain and key, and refuses what would only fail at the first
 * handshake: a CA in the place of the leaf, a chain in the wrong order, a key of another certificate.
 *
 * @throws {PeerGateError} ERR_PEERGATE_SERVER_CERTIFICATE_INVALID, ERR_PEERGATE_SERVER_KEY_INVALID,
 * ERR_PEERGATE_PEM_INVALID or ERR_PEERGATE_FILE_UNREADABLE
 */
export function loadServerMaterial(options: {
  readonly cert: Material
  readonly key: Material
  readonly passphrase?: string | undefined
}): ServerMaterial {
  const chain = loadChain(options.cert)
  const { passphrase } = options
  const material: ServerMaterial = {
    cert: chain.map(({ x509 }) => x509.toString()).join(''),
    key: readMaterial('server.key', options.key),
    ...(passphrase === undefined ? {} : { passphrase }),
  }
  if (!isUsable(material, chain[0])) {
    throw invalidKey('server.key belongs to another certificate than the leaf of server.cert')
  }
  return material
}

const certificateCode = 'ERR_PEERGATE_SERVER_CERTIFICATE_INVALID'

function loadChain(material: Material): LoadedCertificates {
  const chain = loadCertificates('server.cert', material, certificateCode)
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

/** OpenSSL has limits of its own, which differ between versions, so that a context is tried too. */
function isUsable(material: ServerMaterial, { x509 }: LoadedCertificate): boolean {
  try {
    const { key, passphrase } = material
    const privateKey = createPrivateKey(passphrase === undefined ? key : { key, passphrase })
    if (!x509.checkPrivateKey(privateKey)) return false
    createSecureContext(material)
    return true
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const fault = `OpenSSL refuses server.key with server.cert (${code}); the key must be in PEM, and an encrypted one needs server.passphrase`
    throw invalidKey(fault, cause)
  }
}

function invalidCertificate(fault: string, cause?: unknown): PeerGateError {
  return new PeerGateError(certificateCode, fault, { cause })
}

function invalidKey(fault: string, cause?: unknown): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_SERVER_KEY_INVALID', fault, { cause })
}
