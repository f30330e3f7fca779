import type { CertificateFacts, SubjectAlternativeName } from '@peergate/core'

export type { CertificateFacts, SubjectAlternativeName }

/** The facts of an ordinary leaf without names, changed by `facts`. */
export function certificateFacts(facts: Partial<CertificateFacts> = {}): CertificateFacts {
  return {
    subject: [],
    issuer: [[attribute('2.5.4.3', 'Payments Client CA')]],
    serialNumber: 'C0FFEE01',
    notBefore: Date.UTC(2026, 0, 1),
    notAfter: Date.UTC(2027, 0, 1),
    fingerprint256: Array.from({ length: 32 }, () => 'AB').join(':'),
    subjectAlternativeNames: [],
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
    basicConstraints: { ca: false, pathLength: null },
    publicKey: { algorithm: 'EC', algorithmId: '1.2.840.10045.2.1', bits: 256 },
    ...facts,
  }
}

/** The facts of a leaf with these subject alternative names. */
export function namedBy(...names: readonly SubjectAlternativeName[]): CertificateFacts {
  return certificateFacts({ subjectAlternativeNames: names })
}

/** The facts of a leaf whose subject has these common names, each in an RDN of its own. */
export function commonlyNamed(...names: readonly (string | null)[]): CertificateFacts {
  return certificateFacts({ subject: names.map((name) => [attribute('2.5.4.3', name)]) })
}

export function attribute(
  typeId: string,
  text: string | null,
): CertificateFacts['subject'][number][number] {
  return { typeId, text, der: new Uint8Array() }
}

export function uriName(value: string): SubjectAlternativeName {
  return { type: 'uniformResourceIdentifier', value }
}

export function dnsName(value: string): SubjectAlternativeName {
  return { type: 'dNSName', value }
}

export function emailName(value: string): SubjectAlternativeName {
  return { type: 'rfc822Name', value }
}

export function ipName(...bytes: readonly number[]): SubjectAlternativeName {
  return { type: 'iPAddress', bytes: Uint8Array.from(bytes) }
}

export function otherName(typeId: string, text: string | null): SubjectAlternativeName {
  return { type: 'otherName', typeId, value: { text, der: new Uint8Array() } }
}

export function principalName(text: string | null): SubjectAlternativeName {
  return otherName('1.3.6.1.4.1.311.20.2.3', text)
}
