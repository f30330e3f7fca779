import type * as z from 'zod'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import { headerNameSchema } from './header-name.js'
import { ofNginx } from './nginx.js'
import type { ProxyContract } from './proxy-contract.js'

/** The headers that the rewrite set of Azure Application Gateway names. */
export interface AzureApplicationGatewayOptions {
  /** Set to `{var_client_certificate}`. */
  readonly certificate: string
  /** Set to `{var_client_certificate_verification}`. */
  readonly verification: string
}

const azureApplicationGatewaySchema = lazily<z.ZodType<AzureApplicationGatewayOptions>>(() =>
  strictOptions({
    certificate: headerNameSchema(),
    verification: headerNameSchema(),
  }),
)

/**
 * Returns the contract of Azure Application Gateway v2, which sets headers of the operator’s choice.
 *
 * ```text
 * certificate  = *( ALPHA / DIGIT / "-" / "." / "_" / "~" / "%" 2HEXDIG )   ; one PEM block
 * verification = "SUCCESS" / "NONE" / "PASSTHROUGH" / "FAILED:" reason / ""
 * ```
 *
 * Microsoft documents “PEM” and no escaping. What users of it report is nginx’s, on which it is built,
 * and that alone is read: send one certificate through yours before you rely on it.
 *
 * Absent: verification is `NONE`, or empty beside no certificate.
 *
 * Verified: exactly `SUCCESS`, which the strict mode says of certificates that its trusted client CAs
 * issued; without `verifyClientCertIssuerDN` the root alone counts. `PASSTHROUGH` is what the
 * passthrough mode says of any certificate. The gateway strips only what its rewrite set sets: it must
 * hold for every routing rule.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = azureApplicationGateway({
 *   certificate: 'X-Client-Cert',
 *   verification: 'X-Client-Cert-Verification',
 * })
 * ```
 */
export function azureApplicationGateway(options: AzureApplicationGatewayOptions): ProxyContract {
  const owner = 'azureApplicationGateway'
  const { certificate, verification } = parseOptions(
    owner,
    azureApplicationGatewaySchema(),
    options,
  )
  return certificateContract({
    name: 'azure-application-gateway',
    owner,
    ...ofNginx({ certificate, verify: verification }),
  })
}
