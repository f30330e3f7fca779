import { X509Certificate } from 'node:crypto'

/** The fingerprint of the first certificate in a PEM text. */
export function fingerprintIn(text: string): string {
  return new X509Certificate(text).fingerprint256
}
