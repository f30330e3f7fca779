import { parseDnsName } from './dns-name.js'
import type { IdentityValue } from './identity-value.js'
import { parseIpAddress } from './ip-address.js'

const longestUri = 2048
/** RFC 3986 §2, but without the asterisk, which would read as a pattern. */
const characters = /^(?:[A-Za-z0-9._~:/?#[\]@!$&'()+,;=-]|%[0-9A-Fa-f]{2})+$/
/** RFC 3986 appendix B, with query and fragment in one; it matches all that has a scheme. */
const components =
  /^(?<scheme>[^:/?#]+):(?:\/\/(?<authority>[^/?#]*))?(?<path>[^?#]*)(?<suffix>.*)$/
const schemeSyntax = /^[A-Za-z][A-Za-z0-9+.-]*$/
const misplacedDelimiter = /[[\]]|#.*#/
const dotSegment = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i
const authoritySyntax = /^(?:\[([^:\]]*:[^\]]*)\]|([^:@[\]]*))(:[0-9]{1,5})?$/

/**
 * The absolute URI with its scheme and host in lower case; all else is compared exactly, with regard
 * to case (RFC 5280 §7.4). Only one spelling of a path is let in: dot segments, plain or encoded,
 * and empty ones before the last are refused, since grants are written in segments.
 */
export function parseUri(text: string): IdentityValue {
  if (text.length > longestUri) return { fault: 'a URI must not exceed 2048 bytes' }
  if (!characters.test(text)) {
    return { fault: 'a URI must be of the characters of RFC 3986 without *, with whole % escapes' }
  }
  const { scheme = '', authority, path = '', suffix = '' } = components.exec(text)?.groups ?? {}
  if (!schemeSyntax.test(scheme) || (authority === undefined && path === '')) {
    return { fault: 'a URI must have a scheme, and after it an authority or a path' }
  }
  if (misplacedDelimiter.test(path + suffix)) {
    return { fault: 'a URI must have [ and ] around an IPv6 address only, and one # at most' }
  }
  if (path.includes('//') || dotSegment.test(path)) {
    return { fault: 'the path of a URI must not have empty, . or .. segments' }
  }
  if (authority === undefined) return { value: `${scheme.toLowerCase()}:${path}${suffix}` }
  const host = parseAuthority(authority)
  if ('fault' in host) return host
  return { value: `${scheme.toLowerCase()}://${host.value}${path}${suffix}` }
}

/** RFC 5280 §4.2.1.6: the host is a DNS name or an IP address. */
function parseAuthority(authority: string): IdentityValue {
  const match = authoritySyntax.exec(authority)
  if (match === null) {
    return { fault: 'the authority of a URI must be a host and at most a port, without user name' }
  }
  const [, ipv6, name = '', port = ''] = match
  const host = ipv6 === undefined ? parseHost(name) : parseIpAddress(ipv6)
  if ('fault' in host) return host
  return { value: ipv6 === undefined ? `${host.value}${port}` : `[${host.value}]${port}` }
}

function parseHost(text: string): IdentityValue {
  const address = parseIpAddress(text)
  return 'value' in address ? address : parseDnsName(text)
}
