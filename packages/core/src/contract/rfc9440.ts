import type * as z from 'zod'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import { decodeItem, decodeList } from './decode/structured-field.js'
import type { ProxyContract } from './proxy-contract.js'
import { assuranceOf, proxyVerifiesSchema } from './proxy-verifies.js'
import type { ProxyVerifies } from './proxy-verifies.js'

const rfc9440Schema = lazily<z.ZodType<ProxyVerifies>>(() =>
  strictOptions({
    proxyVerifies: proxyVerifiesSchema(),
  }),
)

/**
 * Returns the contract of RFC 9440: `Client-Cert` and `Client-Cert-Chain`.
 *
 * ```text
 * Client-Cert       = ":" base64( DER ) ":"           ; once (§2.2)
 * Client-Cert-Chain = 1#( ":" base64( DER ) ":" )     ; in lines; without the leaf (§2.3)
 * ```
 *
 * Absent: neither is sent. A chain without a leaf is malformed (§2.3).
 *
 * Verified: by the RFC, presence means that the proxy validated the certificate, but that is no signal
 * that it could withhold, and not all who send these headers keep to it: the fields of Cloudflare’s
 * rules and the passthrough mode of CloudFront forward whatever a client presents. Therefore
 * `proxyVerifies` must be stated. The proxy must remove the headers of clients from every request
 * (§2.4); such a field does not “fail safe” (§4).
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = rfc9440({ proxyVerifies: true })
 * ```
 */
export function rfc9440(options: ProxyVerifies): ProxyContract {
  const { proxyVerifies } = parseOptions('rfc9440', rfc9440Schema(), options)
  return certificateContract({
    name: 'rfc9440',
    owner: 'rfc9440',
    certificate: 'client-cert',
    decode: (header, text) => [decodeItem(header, text)],
    chain: { name: 'client-cert-chain', isList: true, decode: decodeList },
    assurance: assuranceOf({ proxyVerifies }),
  })
}
