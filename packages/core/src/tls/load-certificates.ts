import type { KeyObject, X509Certificate } from 'node:crypto'
import type { CertificateFacts } from '../certificate/certificate-facts.js'
import { openCertificate } from '../certificate/open-certificate.js'
import { parseCertificate } from '../certificate/parse-certificate.js'
import { parsePem } from '../certificate/pem.js'
import type { PemBlock } from '../certificate/pem.js'
import { PeerGateError } from '../errors.js'
import type { PeerGateErrorCode } from '../errors.js'
import { readMaterial } from './material.js'
import type { Material } from './material.js'

/** A certificate of our own configuration, as both readers read it. */
export interface LoadedCertificate {
  /** Where it stands, for messages: `certificate 2 of clientCas.payments`. */
  readonly place: string
  readonly facts: CertificateFacts
  readonly x509: X509Certificate
  readonly publicKey: KeyObject
}

export type LoadedCertificates = readonly [LoadedCertificate, ...LoadedCertificate[]]

/**
 * Reads every certificate of `material`; OpenSSL would pass over a block that it cannot read.
 *
 * @param code what a block that is no certificate is reported as.
 * @throws {PeerGateError} `code`, ERR_PEERGATE_PEM_INVALID or ERR_PEERGATE_FILE_UNREADABLE
 */
export function loadCertificates(
  role: string,
  material: Material,
  code: PeerGateErrorCode,
): LoadedCertificates {
  // There is at least one block, or parsePem throws.
  return parsePem(readMaterial(role, material), role).map((block, index) =>
    loadCertificate(`certificate ${index + 1} of ${role}`, block, code),
  ) as readonly LoadedCertificate[] as LoadedCertificates
}

/** Whether the key of `issuer` signed `certificate`, and the issuer's name is the one it bears. */
export function isIssuedBy(
  certificate: X509Certificate,
  { x509, publicKey }: LoadedCertificate,
): boolean {
  return certificate.checkIssued(x509) && certificate.verify(publicKey)
}

function loadCertificate(
  place: string,
  block: PemBlock,
  code: PeerGateErrorCode,
): LoadedCertificate {
  try {
    return { place, ...readCertificate(block) }
  } catch (cause) {
    const why = cause instanceof PeerGateError ? cause.detail : 'OpenSSL cannot read it'
    throw new PeerGateError(code, `${place}: ${why}`, { cause })
  }
}

function readCertificate({ label, der }: PemBlock): Omit<LoadedCertificate, 'place'> {
  if (label !== 'CERTIFICATE') {
    throw new PeerGateError('ERR_PEERGATE_PEM_INVALID', `a ${label} is no certificate; remove it`)
  }
  const facts = parseCertificate(der)
  const x509 = openCertificate(der)
  return { facts, x509, publicKey: x509.publicKey }
}
