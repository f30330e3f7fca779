import { hash } from 'node:crypto'
import { checkServerIdentity } from 'node:tls'
import type { PeerCertificate } from 'node:tls'
import { PeerGateError, parseCertificate } from '@peergate/core'
import { openCertificate, parseSpiffeId, quote } from '@peergate/core/material'
import { strictOptions } from '@peergate/core/options'
import * as z from 'zod'

/** By what a server is known, beside the CA that issued its certificate. */
export interface ServerRule {
  /**
   * The SPIFFE ID of the server, in the place of its host name, which an X.509-SVID does not bear:
   * `spiffe://prod.example/ns/payments/sa/api`.
   */
  readonly spiffeId?: string
  /** A URI that the certificate must bear (uniformResourceIdentifier), beside the host name. */
  readonly uri?: string
  /**
   * Pins of public keys, `sha256/` and the SHA-256 of the SubjectPublicKeyInfo in base64 (RFC 7469
   * §2.4). The leaf must have one of these keys: name the next beside the one in use to rotate it.
   */
  readonly pins?: readonly string[]
}

export const serverRuleSchema: z.ZodType<ServerRule> = strictOptions({
  spiffeId: z
    .string()
    .refine((text) => 'value' in parseSpiffeId(text), 'must be a SPIFFE ID')
    .exactOptional(),
  uri: z.url('must be a URI').exactOptional(),
  pins: z
    .array(
      z.string().regex(/^sha256\/[\w+/]{43}=$/u, 'must be "sha256/" and 44 characters of base64'),
    )
    .min(1, 'must hold at least one pin')
    .readonly()
    .exactOptional(),
})

/**
 * Why a server whose chain was verified is not the one that was meant; undefined if it is. For the
 * option `checkServerIdentity` of `node:tls`.
 */
export function findOtherServer(
  { spiffeId, uri, pins }: ServerRule,
  host: string,
  certificate: PeerCertificate,
): Error | undefined {
  const uris = urisOf(certificate)
  if (spiffeId === undefined) {
    const otherName = checkServerIdentity(host, certificate)
    if (otherName !== undefined) return mismatch(`it is not for the host ${host}`, otherName)
  } else if (uris.length !== 1 || uris[0] !== spiffeId) {
    return mismatch(`it bears ${describe(uris)} and not ${quote(spiffeId)} alone`)
  }
  if (uri !== undefined && !uris.includes(uri)) {
    return mismatch(`it bears ${describe(uris)} and not ${quote(uri)}`)
  }
  if (pins?.includes(pinOf(certificate)) === false) {
    return mismatch(
      `its key has the pin ${pinOf(certificate)}, which is none of those that are named`,
    )
  }
  return undefined
}

function urisOf({ raw }: PeerCertificate): readonly string[] {
  return parseCertificate(raw).subjectAlternativeNames.flatMap((name) =>
    name.type === 'uniformResourceIdentifier' ? [name.value] : [],
  )
}

function pinOf({ raw }: PeerCertificate): string {
  const spki = openCertificate(raw).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256/${hash('sha256', spki, 'base64')}`
}

function describe(uris: readonly string[]): string {
  return uris.length === 0 ? 'no URI' : uris.map(quote).join(', ')
}

function mismatch(fault: string, cause?: unknown): PeerGateError {
  const detail = `the certificate of the server is not the one that was meant: ${fault}`
  return new PeerGateError('ERR_PEERGATE_SERVER_MISMATCH', detail, { cause })
}
