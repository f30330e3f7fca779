import * as z from 'zod'
import type { CertificateFacts } from '../certificate/certificate-facts.js'
import { formatDistinguishedName } from '../certificate/format-distinguished-name.js'
import { PeerGateError } from '../errors.js'
import { twinsOf } from '../identity-value/twin-fingerprints.js'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'

/** Certificates that are refused at once, whatever their CA says of them. */
export interface DenylistOptions {
  /**
   * SHA-256 fingerprints, with colons or without, in either case. The twin of such a certificate,
   * which differs in the form of its ECDSA signature alone, is denied too.
   */
  readonly fingerprints?: readonly string[]
  /** Certificates by the one who issued them, in the form of RFC 4514, and their number in hex. */
  readonly serialNumbers?: readonly { readonly issuer: string; readonly serialNumber: string }[]
}

/** A denylist that was read. */
export interface Denylist {
  /** What it denies, sorted: the same lines for the same list. */
  readonly canonical: readonly string[]
  /** @throws {PeerGateError} ERR_PEERGATE_CERTIFICATE_REVOKED */
  readonly refuseDenied: (certificate: CertificateFacts) => void
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID */
export function parseDenylist(owner: string, options: DenylistOptions): Denylist {
  const { fingerprints = [], serialNumbers = [] } = parseOptions(owner, denylistSchema(), options)
  const denied = new Set([
    ...fingerprints.map((fingerprint) => fingerprint.replaceAll(':', '').toUpperCase()),
    ...serialNumbers.map(({ issuer, serialNumber }) => serialKey(issuer, serialNumber)),
  ])
  return Object.freeze({
    canonical: Object.freeze([...denied].toSorted()),
    refuseDenied(certificate: CertificateFacts) {
      if (denied.size === 0) return
      const { fingerprint256, issuer, serialNumber } = certificate
      const presentable = [fingerprint256, ...(twinsOf(certificate) ?? [])]
      const isDenied =
        presentable.some((one) => denied.has(one.replaceAll(':', ''))) ||
        denied.has(serialKey(formatDistinguishedName(issuer), serialNumber))
      if (!isDenied) return
      const fault = `the certificate ${fingerprint256} is on the denylist`
      throw new PeerGateError('ERR_PEERGATE_CERTIFICATE_REVOKED', fault)
    },
  })
}

const fingerprintSchema = lazily(() =>
  z
    .string()
    .regex(
      /^(?:[\da-f]{64}|[\da-f]{2}(?::[\da-f]{2}){31})$/iu,
      'must be a SHA-256 fingerprint: 64 hexadecimal digits, with colons or without',
    ),
)

const serialNumberSchema = lazily(() =>
  strictOptions({
    issuer: z.string().min(1, 'must not be empty'),
    serialNumber: z.string().regex(/^[\da-f]{1,40}$/iu, 'must be 1 to 40 hexadecimal digits'),
  }),
)

export const denylistSchema: () => z.ZodType<DenylistOptions> = lazily(() =>
  strictOptions({
    fingerprints: z.array(fingerprintSchema()).exactOptional(),
    serialNumbers: z.array(serialNumberSchema()).exactOptional(),
  }),
)

/** One key for every way to write a serial number. */
function serialKey(issuer: string, serialNumber: string): string {
  return `${BigInt(`0x${serialNumber}`)} ${issuer}`
}
