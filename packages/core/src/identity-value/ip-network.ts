import { formatIpAddress, readIpAddress } from './ip-address.js'

/** The addresses that have a prefix in common; a single one has the prefix of its whole length. */
export interface IpNetwork {
  /** The first address, as 4 or 16 bytes. */
  readonly address: Uint8Array
  /** In canonical form: `10.0.0.0/8`. */
  readonly text: string
  readonly prefixLength: number
  /** Whether the 4 or 16 bytes of an address belong to it; those of the other version never do. */
  readonly contains: (address: Uint8Array) => boolean
}

/** A network in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3), or a single address. */
export function parseIpNetwork(text: string): IpNetwork | { readonly fault: string } {
  const [written = '', length, ...rest] = text.split('/')
  const address = readIpAddress(written)
  if (address === null || rest.length > 0) {
    return { fault: 'a network must be an IP address, / and a prefix length' }
  }
  return createNetwork(address, length ?? String(address.length * 8))
}

const prefixLengthSyntax = /^(?:0|[1-9][0-9]{0,2})$/

function createNetwork(
  address: Uint8Array,
  writtenLength: string,
): IpNetwork | { readonly fault: string } {
  const prefixLength = Number(writtenLength)
  const hostBits = address.length * 8 - prefixLength
  if (!prefixLengthSyntax.test(writtenLength) || hostBits < 0) {
    return { fault: 'the prefix length of a network must be 0 to 32, or to 128 for IPv6' }
  }
  const shift = BigInt(hostBits)
  const prefix = toInteger(address) >> shift
  if (prefix << shift !== toInteger(address)) {
    return { fault: 'a network must have no bits set after its prefix' }
  }
  return Object.freeze({
    address,
    text: `${formatIpAddress(address)}/${prefixLength}`,
    prefixLength,
    contains: (bytes: Uint8Array) =>
      bytes.length === address.length && toInteger(bytes) >> shift === prefix,
  })
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}
