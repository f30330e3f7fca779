import { parseOptions, strictOptions } from '../options.js'
import { absent, malformed, unverified } from './contract-fault.js'
import { decodePercent } from './decode/percent.js'
import { decodeSinglePem } from './decode/pem.js'
import { headerNameSchema } from './header-name.js'
import type { ForwardedCertificate, ForwardedHeaders, ProxyContract } from './proxy-contract.js'

/** The headers that the configuration of nginx names. */
export interface NginxOptions {
  /** Set to `$ssl_client_escaped_cert`. */
  readonly certificate: string
  /** Set to `$ssl_client_verify`. */
  readonly verify: string
}

/**
 * nginx, which sets headers of the operator’s choice.
 *
 * ```text
 * certificate = *( ALPHA / DIGIT / "-" / "." / "_" / "~" / "%" 2HEXDIG )   ; one PEM block
 * verify      = "SUCCESS" / "NONE" / "FAILED:" reason
 * ```
 *
 * Absent: verify is `NONE`. The verify signal is worth what `ssl_verify_client` and
 * `ssl_client_certificate` are; it survives resumption. Nothing but exactly `SUCCESS` is success.
 * nginx strips only headers that it sets itself, and a location with one `proxy_set_header` of its
 * own inherits none: set both in every location.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 */
export function nginx(options: NginxOptions): ProxyContract {
  const { certificate, verify } = parseOptions('nginx', nginxSchema, options)
  return Object.freeze({
    name: 'nginx',
    headers: [certificate, verify].map((name) => ({ name, before: ['host', 'connection'] })),
    yields: 'certificate',
    read: (headers: ForwardedHeaders) => readEscapedCertificate(headers, { certificate, verify }),
  } satisfies ProxyContract)
}

const nginxSchema = strictOptions({ certificate: headerNameSchema, verify: headerNameSchema })

/** What nginx and those built on it say: a verdict, and a certificate that counts only with success. */
export function readEscapedCertificate(
  headers: ForwardedHeaders,
  { certificate, verify }: NginxOptions,
): ForwardedCertificate {
  const verdict = headers.value(verify)
  const escaped = headers.value(certificate)
  refuseUnverified(verify, verdict, escaped)
  if (escaped === null || escaped === '')
    throw malformed(certificate, `is missing beside ${verify}`)
  const leaf = decodeSinglePem(certificate, decodePercent(certificate, escaped, /[\w.~-]/u))
  return { leaf, chain: [], assurance: 'proxy-verified' }
}

/** Without a certificate there is no verdict, or `NONE`. A certificate without a verdict counts for nothing. */
function refuseUnverified(header: string, verdict: string | null, escaped: string | null): void {
  if (verdict === 'SUCCESS') return
  const hasCertificate = escaped !== null && escaped !== ''
  if (!hasCertificate && (verdict === null || verdict === '' || verdict === 'NONE')) {
    throw absent(header)
  }
  throw unverified(header, 'must be exactly SUCCESS')
}
