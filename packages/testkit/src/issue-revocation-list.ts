import type { Principal } from './issue-certificate.js'
import * as x509 from './x509.js'

export interface RevocationListContents {
  readonly issuer: Principal
  /** In hexadecimal, no two alike. */
  readonly serialNumbers: Iterable<string>
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

/** A complete X.509 v2 certificate revocation list (RFC 5280 §5), signed with SHA-256. */
export async function issueRevocationList({
  issuer: { subject, keys, keyIdentifier },
  serialNumbers,
  thisUpdate,
  nextUpdate,
}: RevocationListContents): Promise<x509.X509Crl> {
  return await x509.X509CrlGenerator.create({
    issuer: subject,
    thisUpdate,
    nextUpdate,
    entries: Array.from(serialNumbers, (serialNumber) => ({
      serialNumber,
      revocationDate: thisUpdate,
      // Without a reason, the library writes an empty list of extensions, which DER readers refuse.
      reason: x509.X509CrlReason.cessationOfOperation,
    })),
    extensions: [new x509.AuthorityKeyIdentifierExtension(keyIdentifier)],
    signingKey: keys.privateKey,
    signingAlgorithm: { name: keys.privateKey.algorithm.name, hash: 'SHA-256' },
  })
}

/** A revocation list as PEM text; the library calls the block by a name that OpenSSL does not know. */
export function revocationListPem({ rawData }: x509.X509Crl): string {
  return `${x509.PemConverter.encode(rawData, 'X509 CRL')}\n`
}
