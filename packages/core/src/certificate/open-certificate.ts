import { X509Certificate } from 'node:crypto'

/**
 * Returns Node's certificate of exactly this DER.
 *
 * Node looks for PEM first, and finds a block even in the midst of DER: a certificate that bears
 * another one as text in an extension would be read as that other one. The boundaries here come
 * before any.
 *
 * @throws {Error} where OpenSSL cannot read it
 */
export function openCertificate(der: Uint8Array): X509Certificate {
  const base64 = Buffer.from(der).toString('base64')
  const lines = base64.replaceAll(/.{1,64}/g, '$&\n')
  return new X509Certificate(`-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`)
}
