import { refuseOptions } from '../identity-rule/no-options.js'
import type { NoOptions } from '../identity-rule/no-options.js'
import { certificateContract } from './certificate-contract.js'
import { ofNginx } from './nginx.js'
import type { ProxyContract } from './proxy-contract.js'

/**
 * Returns the contract of ingress-nginx, and of Traefik’s provider for its annotations: `ssl-client-cert`
 * and `ssl-client-verify`, written as nginx writes them.
 *
 * Absent: `ssl-client-verify` is `NONE`, or neither is sent.
 *
 * Verified: exactly `SUCCESS`. Both annotations are needed, on every host: without `auth-tls-secret`
 * both headers of a client pass through, and without `auth-tls-pass-certificate-to-upstream: "true"`
 * any client with a certificate can send another one’s beside its own genuine `SUCCESS`.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where it is given any option
 *
 * @example
 * ```ts
 * const contract = ingressNginx()
 * ```
 */
export function ingressNginx(options: NoOptions = {}): ProxyContract {
  refuseOptions('ingressNginx', options)
  return certificateContract({
    name: 'ingress-nginx',
    owner: 'ingressNginx',
    ...ofNginx({ certificate: 'ssl-client-cert', verify: 'ssl-client-verify' }),
  })
}
