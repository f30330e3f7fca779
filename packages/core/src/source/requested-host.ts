import { PeerGateError } from '../errors.js'
import type { RequestLike } from '../peer-source.js'

/**
 * Refuses a request that names another host than `host`, for which its connection was opened, or
 * none, or more than one (RFC 9110 §7.4): its client was judged by the CAs of `host`.
 *
 * `Host`, `:authority` and the request target count. Node accepts several `Host` lines and keeps the
 * first, so that the raw lines are looked through. `X-Forwarded-Host` is the word of a proxy: an
 * application that serves hosts must not be told to trust it.
 *
 * @throws {PeerGateError} ERR_PEERGATE_HOST_MISMATCH
 */
export function refuseOtherHost(request: RequestLike, host: string): void {
  const hosts = [...namedHosts(request)]
  if (hosts.length > 0 && hosts.every((named) => withoutPort(named) === host)) return
  const fault =
    hosts.length === 0
      ? `the request names no host, and its connection is for ${host}`
      : `the request names another host, and its connection is for ${host}`
  throw new PeerGateError('ERR_PEERGATE_HOST_MISMATCH', fault)
}

/** Two `Host` lines are no host at all, even where they say the same (RFC 9112 §3.2). */
const repeated = ''

function* namedHosts({ rawHeaders = [], url = '', method }: RequestLike): Generator<string> {
  const seen = new Set<string>()
  let isExtended = false
  for (const [index, text] of rawHeaders.entries()) {
    if (index % 2 === 1) continue
    const name = text.toLowerCase()
    if (name === ':protocol') isExtended = true
    if (name !== 'host' && name !== ':authority') continue
    yield seen.has(name) ? repeated : (rawHeaders[index + 1] ?? '')
    seen.add(name)
  }
  // The absolute form and, of CONNECT, the authority form (RFC 9112 §3.2.2, §3.2.3); the extended
  // CONNECT of HTTP/2 has a path (RFC 8441 §4).
  if (method === 'CONNECT' && !isExtended) yield url
  else if (!isPath(url)) yield authorityOf(url)
}

/** Whoever resolves `//host/` against a base takes it for another host. */
function isPath(url: string): boolean {
  return url === '*' || /^\/(?![/\\])/u.test(url)
}

function authorityOf(url: string): string {
  return /^https?:\/\/([^/?#]*)/iu.exec(url)?.[1] ?? ''
}

function withoutPort(authority: string): string {
  return authority.toLowerCase().replace(/:\d{1,5}$/u, '')
}
