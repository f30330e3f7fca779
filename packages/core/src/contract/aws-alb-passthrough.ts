import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import { decodePercent } from './decode/percent.js'
import { decodePem } from './decode/pem.js'
import { headerNameSchema } from './header-name.js'
import type { ProxyContract } from './proxy-contract.js'
import { assuranceOf, proxyNeverVerifiesSchema } from './proxy-verifies.js'
import type { ProxyNeverVerifies } from './proxy-verifies.js'

/** The header of an Application Load Balancer that verifies nothing. */
export interface AwsAlbPassthroughOptions extends ProxyNeverVerifies {
  /** Its name, where `routing.http.request.x_amzn_mtls_clientcert.header_name` changed it. */
  readonly certificate?: string
}

const awsAlbPassthroughSchema = lazily(() =>
  strictOptions({
    proxyVerifies: proxyNeverVerifiesSchema(),
    certificate: headerNameSchema().default('x-amzn-mtls-clientcert'),
  }),
)

/**
 * Returns the contract of an AWS Application Load Balancer in passthrough mode: `X-Amzn-Mtls-Clientcert`.
 *
 * ```text
 * certificate = *( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" / "=" / "%" 2HEXDIG )   ; 1*PEM
 * ```
 *
 * All that the client presented is there, leaf first. AWS documents `+`, `/` and `=` as literal, and
 * shows `=` escaped: both are read, and `+` is never a space.
 *
 * Absent: the header is not sent.
 *
 * Verified: never. Anybody can issue a certificate with any name, and it is forwarded. AWS does not say
 * that the header of a client is removed on other listeners: let the target group accept this one alone.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = awsAlbPassthrough({ proxyVerifies: false })
 * ```
 */
export function awsAlbPassthrough(options: AwsAlbPassthroughOptions): ProxyContract {
  const { certificate, proxyVerifies } = parseOptions(
    'awsAlbPassthrough',
    awsAlbPassthroughSchema(),
    options,
  )
  return certificateContract({
    name: 'aws-alb-passthrough',
    owner: 'awsAlbPassthrough',
    certificate,
    decode: (header, text) => decodePem(header, decodePercent(header, text)),
    assurance: assuranceOf({ proxyVerifies }),
  })
}
