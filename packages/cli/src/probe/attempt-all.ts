import { CouldNotRun } from '../output/exit-code.js'
import { connectOnce } from './connect-once.js'
import type { Connected } from './connect-once.js'
import {
  explainAnswer,
  explainError,
  isOfServer,
  isUnreachable,
  notSpoken,
} from './explain-refusal.js'
import type { Explained } from './explain-refusal.js'
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
  credentials: ProbeCredentials,
  traces: ReadonlyMap<TlsVersion, HandshakeTrace>,
): Promise<Attempts> {
  const trials = [...traces].flatMap(([version, { isSpoken }]) =>
    Array.from(credentials, ([client, own]) => ({ version, isSpoken, client, own })),
  )
  const tried = await Promise.all(
    trials.map(async ({ version, isSpoken, client, own }) => {
      const seen = await connectOnce(target, { version, credentials: own })
      refuseServer(target, seen)
      return { server: seen.server, attempt: judge(seen, { client, version, isSpoken }) }
    }),
  )
  return {
    attempts: tried.map(({ attempt }) => attempt),
    server: tried.find(({ server }) => server !== null)?.server ?? null,
  }
}

function refuseServer({ host, port }: ProbeTarget, { error }: Connected): void {
  if (error === null) return
  const { code } = error
  if (isUnreachable(code)) {
    throw new CouldNotRun(
      `no TLS server can be reached at ${host}:${port} (${code}); check that it runs, and its port`,
    )
  }
  if (isOfServer(code)) {
    throw new CouldNotRun(
      `the server at ${host}:${port} does not prove who it is (${code}); name its CA by --ca, and a name that it bears by --servername`,
    )
  }
}

interface Tried {
  readonly client: ProbeClient
  readonly version: TlsVersion
  readonly isSpoken: boolean | null
}

function judge({ answer, error }: Connected, { client, version, isSpoken }: Tried): Attempt {
  const explained = explain()
  return { client, version, status: answer?.status ?? null, ...explained }

  function explain(): Explained {
    if (answer !== null) return explainAnswer(answer, client)
    if (isSpoken === false) return notSpoken
    return explainError(String(error?.code), client)
  }
}
