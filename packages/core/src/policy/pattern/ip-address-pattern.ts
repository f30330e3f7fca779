import { formatIpAddress, parseIpAddress, readIpAddress } from '../../identity-value/ip-address.js'
import type { PatternSyntax } from './pattern-syntax.js'

const prefixLengthSyntax = /^[1-9][0-9]{0,2}$/

/**
 * A pattern of IP addresses: one address, or a network in CIDR notation (RFC 4632 §3.1, RFC 4291
 * §2.3). A network holds addresses of its own version only, even where an IPv6 address maps an IPv4
 * one.
 */
export function parseIpAddressPattern(text: string): PatternSyntax {
  const slash = text.indexOf('/')
  if (slash === -1) return parseIpAddress(text)
  const network = readIpAddress(text.slice(0, slash))
  if (network === null) return { fault: 'a network must be an IP address, / and a prefix length' }
  return parseNetwork(network, text.slice(slash + 1))
}

function parseNetwork(network: Uint8Array, prefixLength: string): PatternSyntax {
  const hostBits = network.length * 8 - Number(prefixLength)
  if (!prefixLengthSyntax.test(prefixLength) || hostBits < 0) {
    return { fault: 'the prefix length of a network must be 1 to 32, or to 128 for IPv6' }
  }
  const address = formatIpAddress(network)
  if (hostBits === 0) return { value: address }
  const shift = BigInt(hostBits)
  const prefix = toInteger(network) >> shift
  if (prefix << shift !== toInteger(network)) {
    return { fault: 'a network must have no bits set after its prefix' }
  }
  return { text: `${address}/${prefixLength}`, matches }

  function matches(value: string): boolean {
    const bytes = readIpAddress(value)
    return bytes?.length === network.length && toInteger(bytes) >> shift === prefix
  }
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}
