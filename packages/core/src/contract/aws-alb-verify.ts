import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import { decodePercent } from './decode/percent.js'
import { decodeSinglePem } from './decode/pem.js'
import { headerNameSchema } from './header-name.js'
import type { ProxyContract } from './proxy-contract.js'

/** The header of an Application Load Balancer that verifies. */
export interface AwsAlbVerifyOptions {
  /** Its name, where `routing.http.request.x_amzn_mtls_clientcert_leaf.header_name` changed it. */
  readonly leaf?: string
}

const awsAlbVerifySchema = lazily(() =>
  strictOptions({
    leaf: headerNameSchema().default('x-amzn-mtls-clientcert-leaf'),
  }),
)

/**
 * Returns the contract of an AWS Application Load Balancer in verify mode: `X-Amzn-Mtls-Clientcert-Leaf`.
 *
 * ```text
 * leaf = *( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" / "=" / "%" 2HEXDIG )   ; one PEM block
 * ```
 *
 * The other headers of this mode (`-Subject`, `-Issuer`, `-Serial-Number`, `-Validity`) are text, and
 * are not read.
 *
 * Absent: the header is not sent.
 *
 * Verified: always, against the trust store of the listener; in this mode the load balancer closes the
 * connection of any other client. Nothing in the header tells this mode from another, and AWS does not
 * say that the header of a client is removed elsewhere: let the target group accept this listener
 * alone, and its security group this load balancer.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = awsAlbVerify()
 * ```
 */
export function awsAlbVerify(options: AwsAlbVerifyOptions = {}): ProxyContract {
  const { leaf } = parseOptions('awsAlbVerify', awsAlbVerifySchema(), options)
  return certificateContract({
    name: 'aws-alb-verify',
    owner: 'awsAlbVerify',
    certificate: leaf,
    decode: (header, text) => [decodeSinglePem(header, decodePercent(header, text))],
    assurance: 'proxy-verified',
  })
}
