import { connectOnce } from './connect-once.js'
import type { ProbeCredentials } from './mint-clients.js'
import type { ProbeTarget } from './probe-options.js'
import type { Attempt, Resumption } from './probe-report.js'

/** Resumes a session of every version, as whoever gets an answer there, the caller first. */
export async function tryResumption(
  target: ProbeTarget,
  { credentials }: ProbeCredentials,
  attempts: readonly Attempt[],
): Promise<readonly Resumption[]> {
  const versions = [...new Set(attempts.map(({ version }) => version))]
  const answered = versions.flatMap((version) => {
    const own = attempts.filter((attempt) => attempt.version === version && hasAnswer(attempt))
    return own.toSorted(byPreference).slice(0, 1)
  })
  return Promise.all(
    answered.map(async ({ client, version }): Promise<Resumption> => {
      const options = { version, credentials: credentials.get(client) ?? null }
      const { session } = await connectOnce(target, options)
      const { isResumed: resumed, status } = await connectOnce(target, { ...options, session })
      return { version, client, offered: session !== null, resumed, status }
    }),
  )
}

/** Whether it was the application that answered. */
export function hasAnswer({ outcome }: Attempt): boolean {
  return outcome === 'answered' || outcome === 'denied'
}

function byPreference(one: Attempt, other: Attempt): number {
  return rank(one) - rank(other)
}

function rank({ client, outcome }: Attempt): number {
  return (client === 'own' ? 0 : 2) + (outcome === 'answered' ? 0 : 1)
}
