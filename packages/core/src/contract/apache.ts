import type * as z from 'zod'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { certificateContract } from './certificate-contract.js'
import type { Signal } from './certificate-contract.js'
import { decodeSingleSpacedPem } from './decode/spaced-pem.js'
import { headerNameSchema } from './header-name.js'
import type { ProxyContract } from './proxy-contract.js'

/** The headers that the configuration of Apache httpd names. */
export interface ApacheOptions {
  /** Set to `"%{SSL_CLIENT_CERT}s"`. */
  readonly certificate: string
  /** Set to `"%{SSL_CLIENT_VERIFY}s"`. */
  readonly verify: string
  /**
   * Set to `"%{SSL_PROTOCOL}s %{SSL_SESSION_RESUMED}s"`. A certificate of a resumed session of TLS 1.2
   * is unverified, whatever verify says: with `SSLVerifyClient optional_no_ca` it would let anybody in.
   */
  readonly session: string
}

const apacheSchema = lazily<z.ZodType<ApacheOptions>>(() =>
  strictOptions({
    certificate: headerNameSchema(),
    verify: headerNameSchema(),
    session: headerNameSchema(),
  }),
)

/**
 * Returns the contract of Apache httpd (mod_ssl and mod_headers), which sets headers of the operator’s
 * choice.
 *
 * ```text
 * certificate = "-----BEGIN CERTIFICATE-----" 1*( SP 1*64base64char ) SP "-----END CERTIFICATE-----" / "(null)"
 * verify      = "SUCCESS" / "NONE" / "GENEROUS" / "FAILED:" reason / "(null)"
 * session     = ( "TLSv1.2" / "TLSv1.3" ) SP ( "Initial" / "Resumed" ) / "(null) (null)"
 * ```
 *
 * Absent: verify is `NONE`, or `(null)` from a virtual host without TLS, which is how mod_headers
 * writes every variable that is not there. The certificate is `(null)` then.
 *
 * Verified: exactly `SUCCESS`, worth what `SSLCACertificateFile` is. `GENEROUS` is not verified.
 * **Not with `SSLVerifyClient optional_no_ca`**: httpd 2.4 says `SUCCESS` of a self-signed certificate
 * in a resumed session of TLS 1.2 (bug 53193). Nothing but `session` tells, and it refuses the sound ones
 * as well: turn resumption of TLS 1.2 off (`SSLSessionCache none`, `SSLSessionTickets off`).
 *
 * `RequestHeader set` holds for its own virtual host: every other one, the one on port 80 above all,
 * must `RequestHeader unset … early`.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = apache({
 *   certificate: 'X-SSL-Client-Cert',
 *   verify: 'X-SSL-Client-Verify',
 *   session: 'X-SSL-Client-Session',
 * })
 * ```
 */
export function apache(options: ApacheOptions): ProxyContract {
  const { certificate, verify, session } = parseOptions('apache', apacheSchema(), options)
  const verdict = { header: verify, yes: ['SUCCESS'], none: ['NONE', '(null)'] }
  return certificateContract({
    name: 'apache',
    owner: 'apache',
    certificate,
    none: ['(null)'],
    decode: (header, text) => [decodeSingleSpacedPem(header, text)],
    signals: [verdict, soundSession(session)],
    assurance: 'proxy-verified',
  })
}

/** TLS 1.3 keeps the verdict of the first handshake, TLS 1.2 forgets it. */
function soundSession(header: string): Signal {
  const yes = ['TLSv1.2 Initial', 'TLSv1.3 Initial', 'TLSv1.3 Resumed']
  return { header, yes, none: [...yes, 'TLSv1.2 Resumed', '(null) (null)'] }
}
