import type * as z from 'zod'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import type { ChainHeader } from './certificate-contract.js'
import { decodeBase64, decodeBase64Certificate } from './decode/base64.js'
import { splitCertificates } from './decode/der.js'
import { headerNameSchema } from './header-name.js'
import type { ProxyContract } from './proxy-contract.js'

/** The headers that the configuration of HAProxy names. */
export interface HaproxyOptions {
  /** Set to `%[ssl_c_der,base64]`. */
  readonly certificate: string
  /** Set to `%[ssl_c_used]`. */
  readonly used: string
  /** Set to `%[ssl_c_verify]`. */
  readonly verify: string
  /** Set to `%[ssl_c_chain_der,base64]`. */
  readonly chain?: string
}

const haproxySchema = lazily<z.ZodType<HaproxyOptions>>(() =>
  strictOptions({
    certificate: headerNameSchema(),
    used: headerNameSchema(),
    verify: headerNameSchema(),
    chain: headerNameSchema().exactOptional(),
  }),
)

/**
 * Returns the contract of HAProxy, which sets headers of the operator’s choice.
 *
 * ```text
 * certificate = base64( DER ) / ""
 * used        = "1" / "0" / ""
 * verify      = 1*DIGIT / ""          ; an X509_V code of OpenSSL
 * chain       = base64( 1*DER ) / ""  ; one behind the other, without the leaf
 * ```
 *
 * Absent: the certificate is empty or not sent, and used is `0`; on a listener without TLS everything
 * is empty. The chain is empty in resumed sessions also.
 *
 * Verified: verify is exactly `0` and used exactly `1`, since verify is `0` without a certificate too.
 * It is worth what `ca-file` is; with `crt-ignore-err` and `ca-ignore-err` the other codes come
 * through. `ssl_fc_has_crt` will not do for `ssl_c_used`: it is `0` in resumed sessions.
 *
 * `set-header … if { ssl_c_used }` leaves what the client sent wherever the condition is false, and
 * `add-header` leaves it always: set used and verify without a condition, or delete them all first.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = haproxy({
 *   certificate: 'X-SSL-Client-Cert',
 *   used: 'X-SSL-Client-Used',
 *   verify: 'X-SSL-Client-Verify',
 * })
 * ```
 */
export function haproxy(options: HaproxyOptions): ProxyContract {
  const { certificate, used, verify, chain } = parseOptions('haproxy', haproxySchema(), options)
  return certificateContract({
    name: 'haproxy',
    owner: 'haproxy',
    certificate,
    decode: (header, text) => [decodeBase64Certificate(header, text)],
    signals: [
      { header: used, yes: ['1'], none: ['0'] },
      { header: verify, yes: ['0'], none: ['0'] },
    ],
    chain: chain === undefined ? undefined : concatenated(chain),
    assurance: 'proxy-verified',
  })
}

/** The certificates of a chain, one behind the other. */
function concatenated(name: string): ChainHeader {
  return {
    name,
    decode: (header, text) => splitCertificates(header, decodeBase64(header, text)),
  }
}
