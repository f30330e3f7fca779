import type { Attempt, ProbeReport, TlsVersion } from './probe-report.js'
import type { HandshakeTrace } from './read-trace.js'
import { hasAnswer } from './try-resumption.js'

export type Demand = Pick<ProbeReport, 'clientCertificates' | 'refusesBy'>

/** What the server demands over the version in which it demands least. */
export function judgeDemand(
  attempts: readonly Attempt[],
  traces: ReadonlyMap<TlsVersion, HandshakeTrace>,
): Demand {
  const strangers = attempts.filter(
    ({ client, outcome }) => client === 'nobody' && outcome !== 'not-spoken',
  )
  const demands = strangers.map((attempt) =>
    demandOf(attempt, traces.get(attempt.version) as HandshakeTrace),
  )
  return demands.reduce((one, other) => (strength(other) < strength(one) ? other : one))
}

function strength({ clientCertificates }: Demand): number {
  return weakestFirst.indexOf(clientCertificates)
}

const weakestFirst: readonly Demand['clientCertificates'][] = [
  'off',
  'optional',
  'unknown',
  'strict',
]
const unknown: Demand = { clientCertificates: 'unknown', refusesBy: null }

function demandOf(attempt: Attempt, { isRequested }: HandshakeTrace): Demand {
  if (isRequested === false) return { clientCertificates: 'off', refusesBy: null }
  if (hasAnswer(attempt) && isRequested === true) {
    return { clientCertificates: 'optional', refusesBy: null }
  }
  if (attempt.outcome !== 'refused') return unknown
  return { clientCertificates: 'strict', refusesBy: attempt.layer === 'http' ? 'http' : 'tls' }
}
