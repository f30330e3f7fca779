import { parseCertificate } from '@peergate/core'
import type t from 'tap'
import { encodeCertificate, type CertificateParts } from './certificate-encoder.js'
import { faultOf } from './fault-of.js'

/** What a caller can tell of a refusal. */
export interface Refusal {
  readonly code: string
  readonly detail: string
}

/** Returns how `act` was refused, or null if it was not; any other error is a failure of the test. */
export function refusalOf(act: () => unknown): Refusal | null {
  const fault = faultOf(act)
  return fault === null ? null : { code: fault.code, detail: fault.detail }
}

export function malformedBy(detail: string): Refusal {
  return { code: 'ERR_PEERGATE_CERTIFICATE_MALFORMED', detail }
}

/** A certificate that breaks one rule, and the words that say so. */
export type FaultyPart = readonly [rule: string, parts: Partial<CertificateParts>, detail: string]

export function refuseEach(test: Pick<typeof t, 'same'>, rows: readonly FaultyPart[]): void {
  for (const [rule, parts, detail] of rows) {
    const refusal = refusalOf(() => parseCertificate(encodeCertificate(parts)))
    test.same(refusal, malformedBy(detail), rule)
  }
}
