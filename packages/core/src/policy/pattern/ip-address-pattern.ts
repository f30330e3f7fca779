import { formatIpAddress, parseIpAddress } from '../../identity-value/ip-address.js'
import { parseIpNetwork } from '../../identity-value/ip-network.js'
import { writeBits } from './network-index.js'
import type { PatternSyntax } from './pattern-syntax.js'

/**
 * A pattern of IP addresses: one address, or a network in CIDR notation (RFC 4632 §3.1, RFC 4291
 * §2.3). A network holds addresses of its own version only, even where an IPv6 address maps an IPv4
 * one.
 */
export function parseIpAddressPattern(text: string): PatternSyntax {
  if (/[{}]/.test(text)) return { fault: 'a pattern of IP addresses must not have captures' }
  if (!text.includes('/')) return parseIpAddress(text)
  const network = parseIpNetwork(text)
  if ('fault' in network) return network
  const { address, prefixLength } = network
  if (prefixLength === 0) return { fault: 'a network must not hold every address' }
  if (prefixLength === address.length * 8) return { value: formatIpAddress(address) }
  return { text: network.text, prefix: writeBits(address, prefixLength) }
}
