import type * as z from 'zod'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import { decodePercent } from './decode/percent.js'
import { decodeSinglePem } from './decode/pem.js'
import type { ProxyContract } from './proxy-contract.js'
import { assuranceOf, proxyVerifiesSchema } from './proxy-verifies.js'
import type { ProxyVerifies } from './proxy-verifies.js'

const cloudfrontSchema = lazily<z.ZodType<ProxyVerifies>>(() =>
  strictOptions({
    proxyVerifies: proxyVerifiesSchema(),
  }),
)

/**
 * Returns the contract of AWS CloudFront in its modes required and optional: the headers
 * `CloudFront-Viewer-Cert-Present`, `-Pem` and `-Sha256`, which the origin request policy must name.
 *
 * ```text
 * Present = "1" / "0"
 * Pem     = *( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" / "=" / "%" 2HEXDIG )   ; one PEM block
 * Sha256  = 64HEXDIG                                                                   ; may be left out
 * ```
 *
 * AWS does not say which characters are escaped; `+` is never a space. The hash is compared where it is
 * sent, and the headers of text are not read.
 *
 * Absent: Present is `0`.
 *
 * Verified: in both modes CloudFront refuses certificates that do not verify against the trust store,
 * so that `proxyVerifies` is true, but Present says only that there is one. In the mode passthrough
 * these headers are not the ones to read: see `rfc9440({ proxyVerifies: false })`. A function that
 * renames the headers at the edge needs `customContract`.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = cloudfront({ proxyVerifies: true })
 * ```
 */
export function cloudfront(options: ProxyVerifies): ProxyContract {
  return certificateContract({
    name: 'cloudfront',
    owner: 'cloudfront',
    certificate: 'cloudfront-viewer-cert-pem',
    decode: (header, text) => [decodeSinglePem(header, decodePercent(header, text))],
    signals: [{ header: 'cloudfront-viewer-cert-present', yes: ['1'], none: ['0'] }],
    fingerprint: 'cloudfront-viewer-cert-sha256',
    assurance: assuranceOf(parseOptions('cloudfront', cloudfrontSchema(), options)),
  })
}
