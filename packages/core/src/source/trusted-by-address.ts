import { Socket } from 'node:net'
import * as z from 'zod'
import { readIpAddress } from '../identity-value/ip-address.js'
import { parseIpNetwork } from '../identity-value/ip-network.js'
import { lazily } from '../lazily.js'
import { optionError, parseOptions, strictOptions } from '../options.js'
import type { RequestLike } from '../peer-source.js'
import { createConnectionMemory } from '../tls/connection-memory.js'
import { remoteAddressOf } from '../tls/remote-address.js'
import { connectionOf, createTrustedProxies, untrusted } from './trusted-proxies.js'
import type { TrustedProxies } from './trusted-proxies.js'

export interface TrustedByAddressOptions {
  /**
   * The addresses of the proxies, in CIDR notation or one by one: `['10.4.0.0/16', '2001:db8::7']`.
   * An IPv4 address also stands for its IPv4-mapped form. An IPv6 address may name its zone, as
   * `fe80::1%eth0`; without one, it is meant in every zone.
   */
  readonly addresses: readonly string[]
  /** Allows a network of every address, `0.0.0.0/0` or `::/0`: then every sender is believed. */
  readonly dangerouslyTrustEveryAddress?: true
}

/**
 * Trusts senders by the address that their connection comes from. This is the weakest of the proofs:
 * it holds only where nobody else can send from these addresses, neither another process of a shared
 * host nor another tenant of a network.
 *
 * An address that is missing is never trusted: a client that resets its connection makes it vanish.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const trustedProxies = trustedByAddress({ addresses: ['127.0.0.1', '::1'] })
 * ```
 */
export function trustedByAddress(options: TrustedByAddressOptions): TrustedProxies {
  const { addresses, dangerouslyTrustEveryAddress } = parseOptions(owner, schema(), options)
  const ranges = addresses.map((text, index) => parseRange(text, `addresses.${index}`))
  if (ranges.some(({ prefixLength }) => prefixLength === 0)) {
    if (dangerouslyTrustEveryAddress !== true) throw everyAddress()
    warnOfEveryAddress()
  }
  const verdicts = createConnectionMemory<Verdict>()

  function judge(socket: object): Verdict {
    // A request that was injected into the application has a mocked socket with a loopback address.
    if (!(socket instanceof Socket)) return { isTrusted: false, fault: 'it has no connection' }
    const address = remoteAddressOf(socket)
    if (address === null) return { isTrusted: false, fault: 'its address is not known' }
    const isTrusted = ranges.some((range) => range.contains(address))
    return { isTrusted, fault: `its address ${address} is none of the trusted` }
  }

  function refuse(request: RequestLike): void {
    const socket = connectionOf(request)
    const known = verdicts.recall(socket)
    const verdict = known ?? judge(socket)
    if (known === undefined) verdicts.remember(socket, verdict)
    if (!verdict.isTrusted) throw untrusted(verdict.fault)
  }

  return createTrustedProxies('address', refuse, {})
}

const owner = 'trustedByAddress'

interface Verdict {
  readonly isTrusted: boolean
  readonly fault: string
}

interface Range {
  readonly prefixLength: number
  readonly contains: (address: string) => boolean
}

function parseRange(text: string, option: string): Range {
  const [withoutZone, zone] = splitZone(text)
  const network = parseIpNetwork(withoutZone)
  if ('fault' in network) throw optionError(owner, `option "${option}": ${network.fault}`)
  if (isMapped(network.address)) {
    throw optionError(owner, `option "${option}": write an IPv4-mapped address as IPv4`)
  }
  return {
    prefixLength: network.prefixLength,
    contains(address) {
      const [written, itsZone] = splitZone(address)
      const bytes = readIpAddress(written)
      if (zone !== null && zone !== itsZone) return false
      return bytes !== null && network.contains(isMapped(bytes) ? bytes.subarray(12) : bytes)
    },
  }
}

/** `fe80::1%eth0` (RFC 4007 §11), and `fe80::%eth0/64`. */
function splitZone(text: string): readonly [address: string, zone: string | null] {
  const [, before = text, zone = null, prefix = ''] = /^([^%/]*)%([^%/]+)(\/.*)?$/u.exec(text) ?? []
  return [before + prefix, zone]
}

/** `::ffff:0:0/96` (RFC 4291 §2.5.5.2), as which a dual-stack socket shows IPv4 peers. */
function isMapped(bytes: Uint8Array | null): bytes is Uint8Array {
  return (
    bytes?.length === 16 && bytes.subarray(0, 12).every((byte, at) => byte === (at < 10 ? 0 : 0xff))
  )
}

function everyAddress() {
  const fault =
    'option "addresses" holds every address, so that every sender would be believed; name the proxies, or state dangerouslyTrustEveryAddress'
  return optionError(owner, fault)
}

function warnOfEveryAddress(): void {
  process.emitWarning('trustedByAddress believes every sender what it says of its client', {
    type: 'PeergateWarning',
    code: 'PEERGATE_EVERY_ADDRESS_TRUSTED',
  })
}

const schema = lazily(() =>
  strictOptions({
    addresses: z.array(z.string()).min(1, 'must name at least one address'),
    dangerouslyTrustEveryAddress: z.literal(true).exactOptional(),
  }),
)
