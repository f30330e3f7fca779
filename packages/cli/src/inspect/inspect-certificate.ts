import { PeerGateError, parseCertificate } from '@peergate/core'
import type { CertificateFacts, KeyUsage } from '@peergate/core'
import { formatDistinguishedName, openCertificate, refuseUnfitLeaf } from '@peergate/core/material'
import { attempt } from '../certificate/attempt.js'
import { describeNames } from '../certificate/describe-names.js'
import { listIdentities } from '../certificate/list-identities.js'
import type { CertificateRole, InspectedCertificate, Problem } from './inspection.js'

/**
 * What a certificate is, where it fits and what is wrong with it.
 *
 * @param now epoch milliseconds
 * @throws {PeerGateError} for bytes that are no certificate
 */
export function inspectCertificate(der: Uint8Array, now: number): InspectedCertificate {
  const facts = parseCertificate(der)
  refuseUnreadable(der)
  const roles = rolesOf(facts)
  const { algorithm, bits } = facts.publicKey
  return {
    type: 'certificate',
    subject: formatDistinguishedName(facts.subject),
    issuer: formatDistinguishedName(facts.issuer),
    serialNumber: facts.serialNumber,
    notBefore: new Date(facts.notBefore).toISOString(),
    notAfter: new Date(facts.notAfter).toISOString(),
    fingerprint256: facts.fingerprint256,
    key: bits === null ? algorithm : `${algorithm}, ${bits} bits`,
    names: describeNames(facts),
    roles,
    identities: isAuthority(facts) ? [] : listIdentities(facts),
    problems: problemsOf(facts, roles, now),
  }
}

/** OpenSSL is the reader that decides in a handshake. */
function refuseUnreadable(der: Uint8Array): void {
  try {
    openCertificate(der)
  } catch (cause) {
    const detail = 'OpenSSL cannot read it'
    throw new PeerGateError('ERR_PEERGATE_CERTIFICATE_MALFORMED', detail, { cause })
  }
}

function isAuthority({ basicConstraints }: CertificateFacts): boolean {
  return basicConstraints?.ca === true
}

function rolesOf(facts: CertificateFacts): readonly CertificateRole[] {
  if (isAuthority(facts)) return [isSelfIssued(facts) ? 'trust anchor' : 'intermediate']
  if (mayDo(facts, 'keyCertSign') && facts.keyUsage !== null) return []
  const signs = mayDo(facts, 'digitalSignature') || mayDo(facts, 'keyAgreement')
  return [
    ...(isFor(facts, clientAuth) && signs ? ['client' as const] : []),
    ...(isFor(facts, serverAuth) && hasHost(facts) && (signs || mayDo(facts, 'keyEncipherment'))
      ? ['server' as const]
      : []),
  ]
}

function isSelfIssued({ subject, issuer }: CertificateFacts): boolean {
  return formatDistinguishedName(subject) === formatDistinguishedName(issuer)
}

const serverAuth = '1.3.6.1.5.5.7.3.1'
const clientAuth = '1.3.6.1.5.5.7.3.2'

/** RFC 5280 §4.2.1.12: without the extension, a certificate is for everything. */
function isFor({ extendedKeyUsage }: CertificateFacts, purpose: string): boolean {
  return extendedKeyUsage === null || extendedKeyUsage.includes(purpose)
}

/** RFC 5280 §4.2.1.3: without the extension, a key may do everything. */
function mayDo({ keyUsage }: CertificateFacts, usage: KeyUsage): boolean {
  return keyUsage === null || keyUsage.includes(usage)
}

function hasHost({ subjectAlternativeNames }: CertificateFacts): boolean {
  return subjectAlternativeNames.some(({ type }) => type === 'dNSName' || type === 'iPAddress')
}

function problemsOf(
  facts: CertificateFacts,
  roles: readonly CertificateRole[],
  now: number,
): readonly Problem[] {
  return [...validityProblems(facts, now), ...keyProblems(facts), ...purposeProblems(facts, roles)]
}

function validityProblems(
  { notBefore, notAfter }: CertificateFacts,
  now: number,
): readonly Problem[] {
  if (now > notAfter) return [{ what: 'it has expired', remedy: 'renew it' }]
  if (now >= notBefore) return []
  return [{ what: 'it is not valid yet', remedy: 'wait for its time, and compare the clocks' }]
}

/** Of any certificate, as if it were a leaf. */
function keyProblems(facts: CertificateFacts): readonly Problem[] {
  const { refusal } = attempt(() =>
    refuseUnfitLeaf({ ...facts, basicConstraints: null, keyUsage: null }),
  )
  if (refusal === null) return []
  return [
    { what: `its key is weak: ${refusal.detail}`, remedy: 'issue it again with a stronger key' },
  ]
}

function purposeProblems(
  facts: CertificateFacts,
  roles: readonly CertificateRole[],
): readonly Problem[] {
  if (!isAuthority(facts)) {
    if (facts.keyUsage?.includes('keyCertSign') === true) return [signsWithoutCa]
    return roles.length > 0 ? [] : [fitsNowhere]
  }
  const isForPeers = isFor(facts, clientAuth) || isFor(facts, serverAuth)
  return [
    ...(mayDo(facts, 'keyCertSign') ? [] : [cannotSign]),
    ...(isForPeers && hasPeerName(facts) ? [isCaAndLeaf] : []),
  ]
}

/** CAs have no names of hosts or workloads, but where one was issued to a peer by mistake. */
function hasPeerName(facts: CertificateFacts): boolean {
  const { subjectAlternativeNames } = facts
  return (
    hasHost(facts) ||
    subjectAlternativeNames.some(({ type }) => type === 'uniformResourceIdentifier')
  )
}

const signsWithoutCa: Problem = {
  what: 'it may sign certificates and is no CA',
  remedy: 'issue it without the key usage keyCertSign',
}

const fitsNowhere: Problem = {
  what: 'it is for neither clients nor servers',
  remedy:
    'issue it with the extended key usage clientAuth or serverAuth, and the names of a server',
}

const cannotSign: Problem = {
  what: 'it is a CA that may not sign certificates',
  remedy: 'issue it with the key usage keyCertSign',
}

const isCaAndLeaf: Problem = {
  what: 'it is a CA that has the names of a peer, and is refused as a client',
  remedy: 'issue the peer a certificate of its own, without the CA flag',
}
