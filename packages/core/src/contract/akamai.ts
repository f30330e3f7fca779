import type * as z from 'zod'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import { decodeItem } from './decode/structured-field.js'
import type { ProxyContract } from './proxy-contract.js'
import { assuranceOf, proxyVerifiesSchema } from './proxy-verifies.js'
import type { ProxyVerifies } from './proxy-verifies.js'

const akamaiSchema = lazily<z.ZodType<ProxyVerifies>>(() =>
  strictOptions({
    proxyVerifies: proxyVerifiesSchema(),
  }),
)

/**
 * Returns the contract of Akamai’s behavior “Client Certificate Authentication” with the complete
 * certificate: `AKAMAI-CC-DER`.
 *
 * ```text
 * AKAMAI-CC-DER = ":" base64( DER ) ":"
 * ```
 *
 * Absent: the header is not sent.
 *
 * Verified: nothing in this header says so, and the name of the optional status header is not
 * documented. State `proxyVerifies: true` only where the behavior “Enforce mTLS settings” denies every
 * request whose certificate did not verify: without it, certificates that failed are sent as well.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = akamai({ proxyVerifies: true })
 * ```
 */
export function akamai(options: ProxyVerifies): ProxyContract {
  return certificateContract({
    name: 'akamai',
    owner: 'akamai',
    certificate: 'akamai-cc-der',
    decode: (header, text) => [decodeItem(header, text)],
    assurance: assuranceOf(parseOptions('akamai', akamaiSchema(), options)),
  })
}
