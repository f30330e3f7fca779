import { createHash } from 'node:crypto'
import { collectHeaders } from '#core/contract/collect-headers.js'
import type { Forwarded, ProxyContract } from '@peergate/core'
import { encodeCertificate } from './certificate-encoder.js'
import { smallInteger } from './der-encoder.js'
import { faultOf } from './fault-of.js'

/** Why a contract yields nothing. */
export interface Refused {
  /** What its code ends with. */
  readonly code: string
  /** The detail, without the header. */
  readonly fault: string
}

export function refused(code: string, fault: string): Refused {
  return { code, fault }
}

/** What a contract makes of these lines of its one header. */
export function readLines(contract: ProxyContract, lines: readonly string[]): Forwarded | Refused {
  const header = contract.headers.map(({ name }) => name).join()
  const raw = lines.flatMap((line) => [header, line])
  const read = (): Forwarded => contract.read(collectHeaders(raw, contract.headers))
  const fault = faultOf(read)
  if (fault === null) return read()
  return refused(
    fault.code.replace('ERR_PEERGATE_FORWARDED_IDENTITY_', ''),
    fault.detail.replace(`${header} `, ''),
  )
}

/** A certificate of its own for each serial number. */
export function certificateOf(serial: number): Uint8Array {
  return new Uint8Array(encodeCertificate({ serialNumber: smallInteger(serial) }))
}

/** PEM as OpenSSL writes it. */
export function pemOf(...certificates: readonly Uint8Array[]): string {
  const blocks = certificates.map((der) => {
    const lines = Buffer.from(der)
      .toString('base64')
      .replaceAll(/.{64}(?=.)/gu, '$&\n')
    return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
  })
  return blocks.join('')
}

/** Text as Envoy escapes it (`PercentEncoding::urlEncode`). */
export function escaped(text: string): string {
  return text.replaceAll(/[^\w*.-]/gu, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase()
    return `%${code.padStart(2, '0')}`
  })
}

export function sha256(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex')
}

/** A fingerprint as Node writes it, of a digest in hexadecimal. */
export function fingerprint(digest: string): string {
  return digest.toUpperCase().replaceAll(/..(?=.)/gu, '$&:')
}
