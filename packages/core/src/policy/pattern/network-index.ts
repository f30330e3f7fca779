import { readIpAddress } from '../../identity-value/ip-address.js'

/** An entry for the addresses whose bits begin with a prefix. */
export interface NetworkEntry {
  readonly entry: number
  readonly prefix: string
}

/**
 * Tells the entries for an address, in no order, in the time of one binary search. Two networks are
 * either apart or one within the other. So of the prefixes in their order, the last that does not come
 * after the address is of a network that holds it, or within all that do.
 */
export function createNetworkIndex(
  entries: readonly NetworkEntry[],
): (address: string) => readonly number[] {
  const networks = nestNetworks(entries)
  return (address) => {
    const bytes = readIpAddress(address)
    if (bytes === null) return []
    const bits = writeBits(bytes, bytes.length * 8)
    const found: number[] = []
    let network = findLast(networks, bits)
    for (; network !== undefined; network = network.around) {
      if (bits.startsWith(network.prefix)) found.push(network.entry)
    }
    return found
  }
}

/**
 * The first bits of an address as a text of 0 and 1, after its version: no network may have the bits of
 * the other version.
 */
export function writeBits(address: Uint8Array, count: number): string {
  let bits = address.length === 4 ? '4' : '6'
  for (const byte of address) bits += bitsOfBytes[byte]
  return bits.slice(0, 1 + count)
}

const bitsOfBytes = Array.from({ length: 256 }, (_, byte) => byte.toString(2).padStart(8, '0'))

interface Network extends NetworkEntry {
  /** The narrowest network that holds this one. */
  readonly around: Network | undefined
}

/** In the order of their prefixes, in which a network comes before those in it. */
function nestNetworks(entries: readonly NetworkEntry[]): readonly Network[] {
  const networks: Network[] = []
  for (const { entry, prefix } of entries.toSorted(byPrefix)) {
    let around = networks.at(-1)
    while (around !== undefined && !prefix.startsWith(around.prefix)) ({ around } = around)
    networks.push({ entry, prefix, around })
  }
  return networks
}

function byPrefix(a: NetworkEntry, b: NetworkEntry): number {
  return a.prefix < b.prefix ? -1 : Number(a.prefix > b.prefix)
}

/** The last network whose prefix does not come after `bits`. */
function findLast(networks: readonly Network[], bits: string): Network | undefined {
  let last: Network | undefined
  let start = 0
  let end = networks.length
  while (start < end) {
    const middle = (start + end) >>> 1
    const network = networks[middle]
    if (network !== undefined && network.prefix <= bits) {
      last = network
      start = middle + 1
    } else {
      end = middle
    }
  }
  return last
}
