import { X509Certificate, createPrivateKey } from 'node:crypto'
import type { CertificateFacts } from '../certificate/certificate-facts.js'
import { parseCertificate } from '../certificate/parse-certificate.js'
import { parsePem } from '../certificate/pem.js'
import { PeerGateError } from '../errors.js'
import { readMaterial } from './material.js'
import type { Material } from './material.js'

const serverAuth = '1.3.6.1.5.5.7.3.1'

/** What a server proves itself with. */
export interface ServerMaterial {
  /** The leaf, followed by its intermediates, each of which issued the one before it. */
  readonly cert: string
  readonly key: string
  readonly passphrase: string | undefined
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
  const chain = loadChain(readMaterial('server.cert', options.cert))
  const key = readMaterial('server.key', options.key)
  refuseForeignKey(chain[0], key, options.passphrase)
  return {
    cert: chain.map((certificate) => certificate.toString()).join(''),
    key,
    passphrase: options.passphrase,
  }
}

type Chain = readonly [X509Certificate, ...X509Certificate[]]

function loadChain(text: string): Chain {
  const [leaf, ...issuers] = parsePem(text, 'server.cert').map(({ label, der }, index) =>
    loadCertificate(`certificate ${index + 1} of server.cert`, label, der),
  ) as [X509Certificate, ...X509Certificate[]]
  refuseUnfitLeaf(leaf)
  let issued = leaf
  for (const [index, issuer] of issuers.entries()) {
    if (!issued.checkIssued(issuer)) {
      throw invalid(`certificate ${index + 2} of server.cert did not issue the one before it`)
    }
    issued = issuer
  }
  return [leaf, ...issuers]
}

function loadCertificate(place: string, label: string, der: Uint8Array): X509Certificate {
  if (label !== 'CERTIFICATE') {
    throw invalid(`${place} is a ${label}; the key belongs in server.key`)
  }
  try {
    return new X509Certificate(der)
  } catch (cause) {
    throw invalid(`${place} is not a certificate`, cause)
  }
}

function refuseUnfitLeaf(leaf: X509Certificate): void {
  const { basicConstraints, extendedKeyUsage } = parseLeaf(leaf.raw)
  if (basicConstraints?.ca === true) throw invalid('server.cert begins with a CA, not with a leaf')
  if (extendedKeyUsage !== null && !extendedKeyUsage.includes(serverAuth)) {
    throw invalid('server.cert was not issued for server authentication (extendedKeyUsage)')
  }
}

function parseLeaf(der: Uint8Array): CertificateFacts {
  try {
    return parseCertificate(der)
  } catch (cause) {
    throw invalid(`the leaf of server.cert: ${(cause as PeerGateError).detail}`, cause)
  }
}

function refuseForeignKey(leaf: X509Certificate, key: string, passphrase?: string): void {
  let privateKey
  try {
    privateKey = createPrivateKey(passphrase === undefined ? key : { key, passphrase })
  } catch (cause) {
    const fault = 'server.key is not a private key in PEM, or its passphrase is missing or wrong'
    throw new PeerGateError('ERR_PEERGATE_SERVER_KEY_INVALID', fault, { cause })
  }
  if (!leaf.checkPrivateKey(privateKey)) {
    const fault = 'server.key belongs to another certificate than the leaf of server.cert'
    throw new PeerGateError('ERR_PEERGATE_SERVER_KEY_INVALID', fault)
  }
}

function invalid(fault: string, cause?: unknown): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_SERVER_CERTIFICATE_INVALID', fault, { cause })
}
