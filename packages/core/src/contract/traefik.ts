import type * as z from 'zod'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import { decodeBase64Certificate } from './decode/base64.js'
import { refuseLongChain, splitChain } from './decode/der.js'
import type { LeafFirst } from './decode/der.js'
import type { ProxyContract } from './proxy-contract.js'
import { assuranceOf, proxyVerifiesSchema } from './proxy-verifies.js'
import type { ProxyVerifies } from './proxy-verifies.js'

const traefikSchema = lazily<z.ZodType<ProxyVerifies>>(() =>
  strictOptions({
    proxyVerifies: proxyVerifiesSchema(),
  }),
)

/**
 * Returns the contract of Traefik’s middleware `passTLSClientCert` with `pem: true`:
 * `X-Forwarded-Tls-Client-Cert`.
 *
 * ```text
 * X-Forwarded-Tls-Client-Cert = base64( DER ) *( "," base64( DER ) )
 * ```
 *
 * It is the body of PEM, leaf first, then whatever else the client presented. Releases before 2.9.4
 * escaped it, which is malformed here. `X-Forwarded-Tls-Client-Cert-Info` is never read: its names are
 * not escaped, so that one certificate can write another’s.
 *
 * Absent: the header is not sent.
 *
 * Verified: nothing says so. State `proxyVerifies: true` with the `clientAuthType`
 * `RequireAndVerifyClientCert` or `VerifyClientCertIfGiven` alone; the others forward anything. The
 * middleware leaves a client’s header where there is no certificate; the entry point removes it, unless
 * `forwardedHeaders.insecure` is set or `trustedIPs` has the client.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = traefik({ proxyVerifies: true })
 * ```
 */
export function traefik(options: ProxyVerifies): ProxyContract {
  return certificateContract({
    name: 'traefik',
    owner: 'traefik',
    certificate: 'x-forwarded-tls-client-cert',
    decode: decodeCertificates,
    assurance: assuranceOf(parseOptions('traefik', traefikSchema(), options)),
  })
}

function decodeCertificates(header: string, text: string): LeafFirst {
  const [leaf = '', ...others] = splitChain(text)
  refuseLongChain(header, others.length)
  const decode = (base64: string): Uint8Array => decodeBase64Certificate(header, base64)
  return [decode(leaf), ...others.map(decode)]
}
