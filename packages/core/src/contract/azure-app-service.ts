import type * as z from 'zod'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import { decodeBase64Certificate } from './decode/base64.js'
import type { ProxyContract } from './proxy-contract.js'
import { assuranceOf, proxyNeverVerifiesSchema } from './proxy-verifies.js'
import type { ProxyNeverVerifies } from './proxy-verifies.js'

const azureAppServiceSchema = lazily<z.ZodType<ProxyNeverVerifies>>(() =>
  strictOptions({
    proxyVerifies: proxyNeverVerifiesSchema(),
  }),
)

/**
 * Returns the contract of Azure App Service: `X-ARR-ClientCert`.
 *
 * ```text
 * X-ARR-ClientCert = base64( DER )
 * ```
 *
 * Absent: the header is not sent, as for every request by HTTP without TLS.
 *
 * Verified: never. The platform requires or requests a certificate, and forwards whichever it gets.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = azureAppService({ proxyVerifies: false })
 * ```
 */
export function azureAppService(options: ProxyNeverVerifies): ProxyContract {
  return certificateContract({
    name: 'azure-app-service',
    owner: 'azureAppService',
    certificate: 'x-arr-clientcert',
    decode: (header, text) => [decodeBase64Certificate(header, text)],
    assurance: assuranceOf(parseOptions('azureAppService', azureAppServiceSchema(), options)),
  })
}
