import type * as z from 'zod'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import { decodeItem, decodeList } from './decode/structured-field.js'
import { headerNameSchema } from './header-name.js'
import type { ProxyContract } from './proxy-contract.js'

/** The custom headers that the backend service of a Google Cloud load balancer names. */
export interface GcpOptions {
  /** Set to `{client_cert_leaf}`. */
  readonly leaf: string
  /** Set to `{client_cert_present}`. */
  readonly present: string
  /** Set to `{client_cert_chain_verified}`. */
  readonly verified: string
  /** Set to `{client_cert_chain}`. */
  readonly chain?: string
}

const gcpSchema = lazily<z.ZodType<GcpOptions>>(() =>
  strictOptions({
    leaf: headerNameSchema(),
    present: headerNameSchema(),
    verified: headerNameSchema(),
    chain: headerNameSchema().exactOptional(),
  }),
)

/**
 * Returns the contract of a Google Cloud load balancer, which sets headers of the operator’s choice.
 *
 * ```text
 * leaf     = ":" base64( DER ) ":" / ""
 * present  = "true" / "false" / ""
 * verified = "true" / "false" / ""
 * chain    = 1#( ":" base64( DER ) ":" ) / ""   ; without the leaf
 * ```
 *
 * Absent: present is `false`, or empty as every variable that has no value.
 *
 * Verified: verified and present are both exactly `true`. It is worth what the trust config is; a
 * certificate on its allowlist counts as verified although it has expired. In the mode
 * `ALLOW_INVALID_OR_MISSING_CLIENT_CERT` every request is forwarded, and verified alone tells. What
 * exceeds 16 KiB is sent empty: without its chain a certificate counts, an empty leaf is malformed.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = gcp({
 *   leaf: 'X-Client-Cert-Leaf',
 *   present: 'X-Client-Cert-Present',
 *   verified: 'X-Client-Cert-Chain-Verified',
 * })
 * ```
 */
export function gcp(options: GcpOptions): ProxyContract {
  const { leaf, present, verified, chain } = parseOptions('gcp', gcpSchema(), options)
  return certificateContract({
    name: 'gcp',
    owner: 'gcp',
    certificate: leaf,
    decode: (header, text) => [decodeItem(header, text)],
    signals: [
      { header: present, yes: ['true'], none: ['false'] },
      { header: verified, yes: ['true'], none: ['false'] },
    ],
    chain: chain === undefined ? undefined : { name: chain, isList: true, decode: decodeList },
    assurance: 'proxy-verified',
  })
}
