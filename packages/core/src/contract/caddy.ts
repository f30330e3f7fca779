import type * as z from 'zod'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import { decodeBase64Certificate } from './decode/base64.js'
import { headerNameSchema } from './header-name.js'
import type { ProxyContract } from './proxy-contract.js'
import { assuranceOf, proxyVerifiesSchema } from './proxy-verifies.js'
import type { ProxyVerifies } from './proxy-verifies.js'

/** The header that the configuration of Caddy names. */
export interface CaddyOptions extends ProxyVerifies {
  /** Set by `header_up` to `{http.request.tls.client.certificate_der_base64}`. */
  readonly certificate: string
}

const caddySchema = lazily<z.ZodType<CaddyOptions>>(() =>
  strictOptions({
    certificate: headerNameSchema(),
    proxyVerifies: proxyVerifiesSchema(),
  }),
)

const placeholder = '{http.request.tls.client.certificate_der_base64}'

/**
 * Returns the contract of Caddy, which sets a header of the operator’s choice.
 *
 * ```text
 * certificate = base64( DER ) / "{http.request.tls.client.certificate_der_base64}" / ""
 * ```
 *
 * Absent: from 2.11.2 the header is empty. Before, Caddy sends the placeholder itself, as text. Any
 * other placeholder is malformed: it is misspelt.
 *
 * Verified: nothing says so. State `proxyVerifies: true` with the `client_auth` mode
 * `require_and_verify` or `verify_if_given` alone: `request` and `require` forward anything.
 * `certificate_pem` will not do, since its line ends make the request fail.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = caddy({ certificate: 'X-Client-Cert-Der', proxyVerifies: true })
 * ```
 */
export function caddy(options: CaddyOptions): ProxyContract {
  const { certificate, proxyVerifies } = parseOptions('caddy', caddySchema(), options)
  return certificateContract({
    name: 'caddy',
    owner: 'caddy',
    certificate,
    none: [placeholder],
    decode: (header, text) => [decodeBase64Certificate(header, text)],
    assurance: assuranceOf({ proxyVerifies }),
  })
}
