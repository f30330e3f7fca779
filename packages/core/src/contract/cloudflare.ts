import * as z from 'zod'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import { decodeBase64Certificate } from './decode/base64.js'
import type { ProxyContract } from './proxy-contract.js'
import { assuranceOf, proxyVerifiesSchema } from './proxy-verifies.js'
import type { ProxyVerifies } from './proxy-verifies.js'

/** How the verdict of Cloudflare is known: by its headers, or by the operator’s word. */
export type CloudflareOptions = ProxyVerifies | TlsClientAuthHeaders

/** For a zone whose origin is told the verdict. */
export interface TlsClientAuthHeaders {
  /** That the Managed Transform “Add TLS client auth headers” is on: `cf-cert-verified` is required. */
  readonly tlsClientAuthHeaders: true
}

interface ParsedOptions {
  readonly proxyVerifies?: boolean
  readonly tlsClientAuthHeaders?: true
}

const cloudflareSchema = lazily<z.ZodType<ParsedOptions>>(() =>
  strictOptions({
    proxyVerifies: proxyVerifiesSchema().exactOptional(),
    tlsClientAuthHeaders: z.literal(true).exactOptional(),
  }).refine(
    ({ proxyVerifies, tlsClientAuthHeaders }) =>
      (proxyVerifies === undefined) !== (tlsClientAuthHeaders === undefined),
    'must state tlsClientAuthHeaders or proxyVerifies, and not both',
  ),
)

/**
 * Returns the contract of Cloudflare: `Cf-Client-Cert-Der-Base64` and `Cf-Client-Cert-Sha256` (mutual
 * TLS with `client_certificate_forwarding`), `cf-cert-verified` and `cf-cert-revoked` (the Managed
 * Transform “Add TLS client auth headers”).
 *
 * ```text
 * Cf-Client-Cert-Der-Base64 = base64( DER )
 * Cf-Client-Cert-Sha256     = 64HEXDIG             ; may be left out
 * cf-cert-verified          = "true" / "false"
 * cf-cert-revoked           = "true" / "false"
 * ```
 *
 * Absent: the certificate is not sent, and `cf-cert-verified` is not `true`. Cloudflare used to forward
 * the certificate with the first request of a connection alone, which is malformed beside `true`.
 *
 * Verified: `cf-cert-verified` is exactly `true` and `cf-cert-revoked` exactly `false`: a certificate
 * that Cloudflare revoked is `true` in the first. Revocation is not known of CAs that you brought along.
 * Without these headers `proxyVerifies` must be stated: true only where a rule blocks every request
 * whose certificate did not verify. A verdict that is sent all the same must not be a no.
 *
 * For the rules that set `Client-Cert`, see `rfc9440`.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = cloudflare({ tlsClientAuthHeaders: true })
 * ```
 */
export function cloudflare(options: CloudflareOptions): ProxyContract {
  const { proxyVerifies } = parseOptions('cloudflare', cloudflareSchema(), options)
  const isOptional = proxyVerifies !== undefined
  return certificateContract({
    name: 'cloudflare',
    owner: 'cloudflare',
    certificate: 'cf-client-cert-der-base64',
    decode: (header, text) => [decodeBase64Certificate(header, text)],
    signals: [
      { header: 'cf-cert-verified', yes: ['true'], none: ['false'], isOptional },
      { header: 'cf-cert-revoked', yes: ['false'], none: ['false'], isOptional },
    ],
    fingerprint: 'cf-client-cert-sha256',
    assurance: assuranceOf({ proxyVerifies: proxyVerifies ?? true }),
  })
}
