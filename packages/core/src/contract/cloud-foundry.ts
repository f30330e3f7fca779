import type * as z from 'zod'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import { decodeBase64Certificate } from './decode/base64.js'
import type { ProxyContract } from './proxy-contract.js'
import { assuranceOf, proxyVerifiesSchema } from './proxy-verifies.js'
import type { ProxyVerifies } from './proxy-verifies.js'

const cloudFoundrySchema = lazily<z.ZodType<ProxyVerifies>>(() =>
  strictOptions({
    proxyVerifies: proxyVerifiesSchema(),
  }),
)

/**
 * Returns the contract of Cloud Foundry’s gorouter with `forwarded_client_cert: sanitize_set`:
 * `X-Forwarded-Client-Cert`, which has nothing but its name in common with Envoy’s.
 *
 * ```text
 * X-Forwarded-Client-Cert = base64( DER )
 * ```
 *
 * Absent: the header is not sent, or empty.
 *
 * Verified: nothing says so. State `proxyVerifies: true` only where `client_cert_validation` is `require`
 * or `request`, with `only_trust_client_ca_certs`: else every CA that the router knows will do. In the
 * default mode, `always_forward`, the header is whatever a client wrote, and `forward` keeps it from a
 * client with any certificate.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = cloudFoundry({ proxyVerifies: true })
 * ```
 */
export function cloudFoundry(options: ProxyVerifies): ProxyContract {
  return certificateContract({
    name: 'cloud-foundry',
    owner: 'cloudFoundry',
    certificate: 'x-forwarded-client-cert',
    decode: (header, text) => [decodeBase64Certificate(header, text)],
    assurance: assuranceOf(parseOptions('cloudFoundry', cloudFoundrySchema(), options)),
  })
}
