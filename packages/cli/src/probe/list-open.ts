import { clientNames } from './client-names.js'
import type { ProbeTarget } from './probe-options.js'
import type { Attempt, ProbeReport } from './probe-report.js'

/** What was to be found out of a server, and could not be: it must not look as if it held. */
export function listOpen(
  report: Omit<ProbeReport, 'findings' | 'open'>,
  { forged }: Pick<ProbeTarget, 'forged'>,
): readonly string[] {
  const { server, clientCertificates, attempts, resumption, forgedHeaders } = report
  const isForged = forgedHeaders !== null && forgedHeaders.effect !== 'unknown'
  return [
    ...(server === null ? ['who the server is, since no handshake got that far'] : []),
    ...(clientCertificates === 'unknown' ? ['whether the server demands certificates'] : []),
    ...failedClients(attempts).map((client) => `what becomes of ${client}`),
    ...(resumption.some(({ status }) => status === null) ? ['what a resumed session admits'] : []),
    ...(forged !== null && !isForged ? ['whether forged headers are believed'] : []),
  ]
}

function failedClients(attempts: readonly Attempt[]): readonly string[] {
  const failed = attempts.filter(({ outcome }) => outcome === 'failed')
  return [...new Set(failed.map(({ client }) => clientNames[client]))]
}
