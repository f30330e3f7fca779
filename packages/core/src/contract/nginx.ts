import type * as z from 'zod'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import type { CertificateRule } from './certificate-contract.js'
import { decodePercent } from './decode/percent.js'
import { decodeSinglePem } from './decode/pem.js'
import { headerNameSchema } from './header-name.js'
import type { ProxyContract } from './proxy-contract.js'

/** The headers that the configuration of nginx names. */
export interface NginxOptions {
  /** Set to `$ssl_client_escaped_cert`. */
  readonly certificate: string
  /** Set to `$ssl_client_verify`. */
  readonly verify: string
}

const nginxSchema = lazily<z.ZodType<NginxOptions>>(() =>
  strictOptions({
    certificate: headerNameSchema(),
    verify: headerNameSchema(),
  }),
)

/**
 * Returns the contract of nginx, which sets headers of the operator’s choice.
 *
 * ```text
 * certificate = *( ALPHA / DIGIT / "-" / "." / "_" / "~" / "%" 2HEXDIG )   ; one PEM block
 * verify      = "SUCCESS" / "NONE" / "FAILED:" reason
 * ```
 *
 * A literal `+`, `/` or `=` is read as well, and `+` is never a space.
 *
 * Absent: verify is `NONE`, or neither is sent, as by a listener without TLS. No other variable does
 * instead: `$ssl_client_cert` has line ends in it, which Node answers with 400.
 *
 * Verified: exactly `SUCCESS`, worth what `ssl_client_certificate` is; it survives resumption.
 * `optional_no_ca` forwards the certificates of unknown issuers, with `FAILED:…`.
 *
 * nginx strips only what it sets, and a location with one `proxy_set_header` of its own inherits none.
 * What a client sends under these names reaches the service there. nginx writes what it sets before
 * what the client sent, so that both headers are demanded before `Host` or `Connection`, which nginx
 * always sets: write them before any `proxy_set_header` of these two, in every location.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = nginx({ certificate: 'X-SSL-Client-Cert', verify: 'X-SSL-Client-Verify' })
 * ```
 */
export function nginx(options: NginxOptions): ProxyContract {
  const headers = parseOptions('nginx', nginxSchema(), options)
  const before = ['host', 'connection']
  return certificateContract({ name: 'nginx', owner: 'nginx', before, ...ofNginx(headers) })
}

/** What nginx and the products built on it have in common. */
export function ofNginx({
  certificate,
  verify,
}: NginxOptions): Pick<CertificateRule, 'assurance' | 'certificate' | 'decode' | 'signals'> {
  return {
    certificate,
    decode: (header, text) => [decodeSinglePem(header, decodePercent(header, text))],
    signals: [{ header: verify, yes: ['SUCCESS'], none: ['NONE'] }],
    assurance: 'proxy-verified',
  }
}
