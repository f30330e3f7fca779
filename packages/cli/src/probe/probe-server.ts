import { attemptAll } from './attempt-all.js'
import { countPublicRoots, nameOf } from './authority-name.js'
import type { AuthorityName } from './authority-name.js'
import { findFaults } from './find-faults.js'
import { listOpen } from './list-open.js'
import { judgeDemand } from './judge-demand.js'
import { mintClients } from './mint-clients.js'
import type { ProbeTarget } from './probe-options.js'
import type { Attempt, ProbeReport, TlsVersion } from './probe-report.js'
import type { HandshakeTrace } from './read-trace.js'
import { traceServer } from './trace-server.js'
import { tryForged } from './try-forged.js'
import { tryResumption } from './try-resumption.js'

/**
 * What a server does with clients of every kind.
 *
 * @param show is told what goes on
 * @throws {CouldNotRun} where the server cannot be reached, or is not who it should be
 */
export async function probeServer(
  target: ProbeTarget,
  show: (step: string) => void,
): Promise<ProbeReport> {
  show('reading what the server asks for')
  const traces = await traceServer(target, versions)
  const authorities = authoritiesOf(traces)
  const credentials = await mintClients(target.own, authorities?.[0]?.text ?? null)
  show('connecting as everybody')
  const { attempts, server } = await attemptAll(target, credentials, traces)
  show('resuming sessions')
  const resumption = await tryResumption(target, credentials, attempts)
  show('sending forged headers')
  const forgedHeaders = await tryForged(target, credentials, attempts)
  const demand = judgeDemand(attempts, traces)
  const issuers = (target.own?.chain ?? []).map(({ issuer }) => nameOf(issuer))
  const report = {
    url: target.url,
    server,
    versions: versions.filter((version) => isSpoken(attempts, version)),
    ...demand,
    clientCas: authorities?.map(({ text }) => text) ?? null,
    publicRoots: authorities === null ? null : countPublicRoots(authorities),
    attempts: attempts.map((attempt) => withIssuer(attempt, issuers, authorities ?? [])),
    resumption,
    forgedHeaders,
  }
  const unasked = versions.filter((version) => traces.get(version)?.isRequested === false)
  const findings = findFaults(report, new Set(unasked))
  return { ...report, findings, open: listOpen(report, target) }
}

const versions: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3']

/** Those that the newest version names which names any. */
function authoritiesOf(
  traces: ReadonlyMap<TlsVersion, HandshakeTrace>,
): readonly AuthorityName[] | null {
  const known = [...traces.values()]
    .toReversed()
    .filter(({ isSpoken: spoken }) => spoken !== false)
    .flatMap(({ authorities }) => (authorities === null ? [] : [authorities]))
  return known.find((names) => names.length > 0) ?? known[0] ?? null
}

function isSpoken(attempts: readonly Attempt[], version: TlsVersion): boolean {
  return attempts.some((each) => each.version === version && each.outcome !== 'not-spoken')
}

/** Says of the caller’s refusal whether the server names the CA of its certificate at all. */
function withIssuer(
  attempt: Attempt,
  issuers: readonly AuthorityName[],
  authorities: readonly AuthorityName[],
): Attempt {
  const isOwnRefused = attempt.client === 'own' && attempt.outcome === 'refused'
  const keys = new Set(authorities.map(({ key }) => key))
  const isNamed = keys.size === 0 || issuers.some(({ key }) => keys.has(key))
  if (!isOwnRefused || isNamed) return attempt
  const named = issuers.map(({ text }) => text).join('; ')
  const cause = `${attempt.cause}; of its issuers the server names none: ${named}`
  return { ...attempt, cause, remedy: wrongCa }
}

const wrongCa = 'use a certificate of a CA that the server names, or add its CA to the client CAs'
