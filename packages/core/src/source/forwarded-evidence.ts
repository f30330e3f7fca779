import { createAssertedFacts } from '../certificate/asserted-facts.js'
import type { CertificateFacts } from '../certificate/certificate-facts.js'
import { refuseUnfitLeaf } from '../certificate/leaf.js'
import { parseCertificate } from '../certificate/parse-certificate.js'
import type {
  AssertedIdentity,
  ForwardedHeaders,
  ProxyContract,
} from '../contract/proxy-contract.js'
import { PeerGateError } from '../errors.js'
import type { PeerEvidence } from '../evidence.js'

/** Turns what a contract yields into evidence; throws the reason where there is none. */
export type ReadEvidence = (headers: ForwardedHeaders) => PeerEvidence

export function createEvidenceReader(
  { name, read }: ProxyContract,
  rules: { readonly acceptsAssertions: boolean; readonly trustSet: string | null },
): ReadEvidence {
  return (headers) => {
    const forwarded = read(headers)
    const certificate =
      'leaf' in forwarded ? readLeaf(forwarded.leaf) : assert(forwarded, rules.acceptsAssertions)
    const { assurance } = forwarded
    const trustSet = assurance === 'proxy-verified' ? rules.trustSet : null
    return Object.freeze({ source: name, assurance, certificate, trustSet })
  }
}

/**
 * The same rules as for the leaf of a handshake, of which OpenSSL would see to the purpose. Whether it
 * is valid now is for the gate to say, on every request.
 */
function readLeaf(der: Uint8Array): CertificateFacts {
  const certificate = parseCertificate(der)
  refuseUnfitLeaf(certificate)
  refuseOtherPurpose(certificate)
  return certificate
}

const clientAuth = '1.3.6.1.5.5.7.3.2'

function refuseOtherPurpose({ extendedKeyUsage }: CertificateFacts): void {
  if (extendedKeyUsage === null || extendedKeyUsage.includes(clientAuth)) return
  const fault = 'the forwarded certificate was not issued for client authentication'
  throw new PeerGateError('ERR_PEERGATE_CERTIFICATE_PURPOSE_WRONG', fault)
}

function assert(asserted: AssertedIdentity, isAccepted: boolean) {
  if (isAccepted) return createAssertedFacts(asserted)
  const fault =
    'the proxy forwarded no certificate, so that nothing says when the identity ends; let it forward the certificate, or state maxAssertionAge'
  throw new PeerGateError('ERR_PEERGATE_ASSERTION_REFUSED', fault)
}
