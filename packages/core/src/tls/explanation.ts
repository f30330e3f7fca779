import { failures } from './failure-table.js'
import type { Explanation } from './failure-table.js'

/** What a failed handshake means; `reason` is the code of the error that Node reported. */
export function explainFailure(reason: string): Explanation {
  return find(reason) ?? otherFailure
}

/** What the verdict of OpenSSL on a client certificate means. */
export function explainVerdict(verdict: string): Explanation {
  return find(verdict) ?? otherVerdict
}

const otherFailure: Explanation = {
  code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
  cause: 'the handshake failed in a way that has no explanation here',
  remedy: 'look the reason up in the documentation of Node and OpenSSL',
}

const otherVerdict: Explanation = {
  code: 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
  cause: 'OpenSSL did not verify the certificate',
  remedy: 'look the reason up under the verification errors of OpenSSL',
}

const byReason: ReadonlyMap<string, Explanation> = new Map(
  failures.flatMap((failure) => failure.reasons.map((reason) => [reason, failure] as const)),
)

const suffixes: readonly (readonly [string, Explanation])[] = [...byReason]
  .filter(([reason]) => reason.startsWith('*'))
  .map(([reason, failure]) => [reason.slice(1), failure])

function find(reason: string): Explanation | undefined {
  return byReason.get(reason) ?? suffixes.find(([suffix]) => reason.endsWith(suffix))?.[1]
}
