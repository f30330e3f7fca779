import { hash } from 'node:crypto'

/** The SHA-256 of the bytes, as Node writes fingerprints: `AB:CD:…`. */
export function fingerprintOf(bytes: Uint8Array): string {
  return formatFingerprint(hash('sha256', bytes, 'hex'))
}

/** A digest in hexadecimal, as Node writes fingerprints. */
export function formatFingerprint(hexadecimal: string): string {
  const digits = hexadecimal.toUpperCase()
  let pairs = digits.slice(0, 2)
  for (let index = 2; index < digits.length; index += 2) {
    pairs += `:${digits.slice(index, index + 2)}`
  }
  return pairs
}

/** Whether `value` is a SHA-256 as Node writes fingerprints, letter for letter. */
export function isFingerprint(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9A-F]{2}(?::[0-9A-F]{2}){31}$/u.test(value)
}
