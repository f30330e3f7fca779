import { chainVerdicts, networkFailures } from '@peergate/core/material'
import { CouldNotRun } from '../output/exit-code.js'
import { connectOnce } from './connect-once.js'
import type { Connected } from './connect-once.js'
import { explainAnswer } from './explain-answer.js'
import { explainError, isClosing, notSpoken } from './explain-error.js'
import type { Explained } from './explained.js'
import type { ProbeCredentials } from './mint-clients.js'
import type { ProbeTarget } from './probe-options.js'
import type { Attempt, ProbeClient, ServerCertificate, TlsVersion } from './probe-report.js'
import type { HandshakeTrace } from './read-trace.js'

/** Everything that was tried once. */
export interface Attempts {
  readonly attempts: readonly Attempt[]
  readonly server: ServerCertificate | null
}

/**
 * Lets each client connect over each version.
 *
 * @throws {CouldNotRun} where the server cannot be reached, or is not who it should be
 */
export async function attemptAll(
  target: ProbeTarget,
  { credentials }: ProbeCredentials,
  traces: ReadonlyMap<TlsVersion, HandshakeTrace>,
): Promise<Attempts> {
  const trials = [...traces].flatMap(([version, { isSpoken }]) =>
    Array.from(credentials, ([client, own]) => ({ version, isSpoken, client, own })),
  )
  const tried = await Promise.all(
    trials.map(async ({ version, isSpoken, client, own }) => {
      const seen = await connectOnce(target, { version, credentials: own })
      refuseServer(target, seen)
      return {
        server: seen.server,
        attempt: judge(seen, { client, version, isSpoken, method: target.method }),
      }
    }),
  )
  const attempts = tried.map(({ attempt }) => attempt)
  refuseUnknown(target, attempts)
  return {
    attempts,
    server: tried.find(({ server }) => server !== null)?.server ?? null,
  }
}

/** Where every connection failed, nothing was learnt, and nothing must look as if it held. */
function refuseUnknown({ host, port }: ProbeTarget, attempts: readonly Attempt[]): void {
  const isKnown = attempts.some(({ outcome }) => outcome !== 'failed' && outcome !== 'not-spoken')
  if (isKnown) return
  const failed = attempts.find(({ outcome }) => outcome === 'failed')
  const { code, cause, remedy } = failed ?? {
    ...notSpoken,
    remedy: 'probe a server of TLS 1.2 or 1.3',
  }
  const why = code === null ? cause : `${cause} (${code})`
  throw new CouldNotRun(`nothing was learnt of ${host}:${port}: ${why}; ${remedy}`)
}

function refuseServer({ host, port }: ProbeTarget, { error }: Connected): void {
  if (error === null) return
  const { code } = error
  if (networkFailures.has(code)) {
    throw new CouldNotRun(
      `no TLS server can be reached at ${host}:${port} (${code}); check that it runs, and its port`,
    )
  }
  if (chainVerdicts.has(code) || code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    throw new CouldNotRun(
      `the server at ${host}:${port} does not prove who it is (${code}); name its CA by --ca, and a name that it bears by --servername`,
    )
  }
}

interface Tried {
  readonly client: ProbeClient
  readonly version: TlsVersion
  readonly isSpoken: boolean | null
  readonly method: string
}

function judge(seen: Connected, { client, version, isSpoken, method }: Tried): Attempt {
  const { status } = seen
  return { client, version, status, ...explain() }

  function explain(): Explained {
    if (seen.error === null) return explainAnswer(seen, client, method)
    const hasPassed = seen.isSecure && version === 'TLSv1.2'
    const explained = explainError({ ...seen.error, hasPassed }, client)
    const isSilent = isClosing(explained) || explained.code === 'handshake_failure'
    return isSpoken === false && isSilent ? notSpoken : explained
  }
}
