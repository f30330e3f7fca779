import { X509Certificate } from 'node:crypto'

/**
 * What a client would send to be taken for the holder of a certificate by whoever believes a proxy: the
 * headers of the proxies in common use, each in the encoding that it is sent in.
 *
 * @param certificate PEM text, whose first certificate is claimed
 */
export function forgedHeaders(certificate: string): Readonly<Record<string, string>> {
  const x509 = new X509Certificate(certificate)
  const pem = x509.toString()
  const base64 = x509.raw.toString('base64')
  const hash = x509.fingerprint256.replaceAll(':', '').toLowerCase()
  const escaped = encodeURIComponent(pem)
  return {
    'client-cert': `:${base64}:`,
    'l5d-client-id': 'forged.serviceaccount.identity.linkerd.cluster.local',
    'ssl-client-cert': escaped,
    'ssl-client-verify': 'SUCCESS',
    'x-amzn-mtls-clientcert': escaped,
    'x-arr-clientcert': base64,
    'x-client-cert': base64,
    'x-client-cert-der': base64,
    'x-client-dn': 'CN=forged',
    'x-client-verify': 'SUCCESS',
    'x-forwarded-client-cert': `Hash=${hash};Cert="${escaped}"`,
    'x-forwarded-tls-client-cert': base64,
    'x-remote-user': 'forged',
    'x-ssl-client-cert': escaped,
    'x-ssl-client-verify': 'SUCCESS',
    // Some software takes these for the ones above.
    x_ssl_client_cert: escaped,
    x_ssl_client_verify: 'SUCCESS',
  }
}
