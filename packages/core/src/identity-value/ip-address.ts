import { isIPv4, isIPv6 } from 'node:net'
import type { IdentityValue } from './identity-value.js'

/**
 * The IP address in canonical text: dotted decimal, or RFC 5952. An IPv4-mapped IPv6 address stays
 * one, `::ffff:192.0.2.1`, and is never the IPv4 address in it.
 */
export function parseIpAddress(text: string): IdentityValue {
  const bytes = readIpAddress(text)
  return bytes === null
    ? { fault: 'an IP address must be IPv4 without leading zeros or IPv6 without a zone' }
    : { value: formatIpAddress(bytes) }
}

/** The IP address of the bytes of an iPAddress name, in network order (RFC 5280 §4.2.1.6). */
export function parseIpBytes(bytes: Uint8Array): IdentityValue {
  return bytes.length === 4 || bytes.length === 16
    ? { value: formatIpAddress(bytes) }
    : { fault: 'an IP address must be 4 or 16 bytes' }
}

/** The canonical text of the 4 or 16 bytes of an IP address. */
export function formatIpAddress(bytes: Uint8Array): string {
  return bytes.length === 4 ? bytes.join('.') : formatIpv6(bytes)
}

/** The 4 or 16 bytes of an IP address, in network order; null where the text is none. */
export function readIpAddress(text: string): Uint8Array | null {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number)
  return isIPv6(text) && !text.includes('%') ? readIpv6(text) : null
}

function readIpv6(text: string): Uint8Array {
  const [before = '', after] = text.split('::')
  const head = readGroups(before)
  const tail = readGroups(after ?? '')
  const bytes = new Uint8Array(16)
  bytes.set(head)
  bytes.set(tail, 16 - tail.length)
  return bytes
}

function readGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').flatMap(readGroup)
}

function readGroup(group: string): number[] {
  if (group.includes('.')) return group.split('.').map(Number)
  const number = Number.parseInt(group, 16)
  return [number >> 8, number & 0xff]
}

function formatIpv6(bytes: Uint8Array): string {
  if (isIpv4Mapped(bytes)) return `::ffff:${bytes.subarray(12).join('.')}`
  const view = Buffer.from(bytes)
  const groups = Array.from({ length: 8 }, (_, at) => view.readUInt16BE(2 * at).toString(16))
  return compressZeros(groups.join(':'))
}

/** RFC 5952 §5: the prefix `::ffff:0:0/96` is recognised by the address alone. */
function isIpv4Mapped(bytes: Uint8Array): boolean {
  return bytes.every((byte, at) => at >= 12 || byte === (at < 10 ? 0 : 0xff))
}

/** RFC 5952 §4.2: `::` stands for the longest run of two or more zero groups, the first of equals. */
function compressZeros(text: string): string {
  const runs = [...text.matchAll(/\b0(?::0)+/g)]
  const [run] = runs.toSorted((a, b) => b[0].length - a[0].length)
  if (run === undefined) return text
  const before = text.slice(0, Math.max(0, run.index - 1))
  return `${before}::${text.slice(run.index + run[0].length + 1)}`
}
