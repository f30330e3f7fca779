import { parseIpAddress, readIpAddress } from '../../identity-value/ip-address.js'
import { parseIpNetwork } from '../../identity-value/ip-network.js'
import type { PatternSyntax } from './pattern-syntax.js'

/**
 * A pattern of IP addresses: one address, or a network in CIDR notation (RFC 4632 §3.1, RFC 4291
 * §2.3). A network holds addresses of its own version only, even where an IPv6 address maps an IPv4
 * one.
 */
export function parseIpAddressPattern(text: string): PatternSyntax {
  if (!text.includes('/')) return parseIpAddress(text)
  const network = parseIpNetwork(text)
  if ('fault' in network) return network
  const [address = ''] = network.text.split('/')
  if (network.prefixLength === 0) return { fault: 'a network must not hold every address' }
  if (isWhole(network.prefixLength, address)) return { value: address }
  return { text: network.text, matches: (value) => matches(value) }

  function matches(value: string): boolean {
    const bytes = readIpAddress(value)
    return bytes !== null && 'contains' in network && network.contains(bytes)
  }
}

/** Whether a prefix leaves room for one address alone. */
function isWhole(prefixLength: number, address: string): boolean {
  return prefixLength === (address.includes(':') ? 128 : 32)
}
