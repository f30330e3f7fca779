import { isOfCertificate } from './explain-error.js'
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
    demandOf(attempt, traces.get(attempt.version) as HandshakeTrace, attempts),
  )
  const [first = unknown, ...others] = demands
  return others.reduce((one, other) => (strength(other) < strength(one) ? other : one), first)
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

function demandOf(
  attempt: Attempt,
  { isRequested }: HandshakeTrace,
  attempts: readonly Attempt[],
): Demand {
  if (attempt.outcome === 'refused') return refusalOf(attempt, isRequested, attempts)
  if (!hasAnswer(attempt) || isRequested === null) return unknown
  return { clientCertificates: isRequested ? 'optional' : 'off', refusesBy: null }
}

/**
 * An alert about certificates says that one is demanded, and so does a page of the server. That the
 * connection was closed says it where one was asked for, and whoever has one is answered.
 */
function refusalOf(
  attempt: Attempt,
  isRequested: boolean | null,
  attempts: readonly Attempt[],
): Demand {
  if (isRequested === false) return unknown
  if (attempt.layer === 'http') return { clientCertificates: 'strict', refusesBy: 'http' }
  const isAnswered = attempts.some(
    ({ client, version, outcome }) =>
      client === 'own' && version === attempt.version && outcome === 'answered',
  )
  const isTelling = isOfCertificate(attempt) || (isRequested === true && isAnswered)
  return isTelling ? { clientCertificates: 'strict', refusesBy: 'tls' } : unknown
}
