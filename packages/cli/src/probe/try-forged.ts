import { forgedHeaders } from '@peergate/testkit'
import { connectOnce } from './connect-once.js'
import type { Connected } from './connect-once.js'
import type { ProbeCredentials } from './mint-clients.js'
import type { ProbeTarget } from './probe-options.js'
import type { Attempt, ForgedOutcome } from './probe-report.js'
import { hasAnswer } from './try-resumption.js'

/**
 * Sends identity headers that were made up, and compares each answer with those to honest requests: as the
 * caller, in the names of somebody like the caller; and as nobody, in the caller’s own. What weighs most is
 * given; null where it is not to be tried, and where neither gets an answer.
 */
export async function tryForged(
  target: ProbeTarget,
  { credentials, claims }: ProbeCredentials,
  attempts: readonly Attempt[],
): Promise<ForgedOutcome | null> {
  const { forged: added } = target
  if (added === null) return null
  const clients = (['own', 'nobody'] as const).flatMap(
    (client) => attempts.findLast((each) => each.client === client && hasAnswer(each)) ?? [],
  )
  const outcomes = await Promise.all(
    clients.map(async ({ client, version }): Promise<ForgedOutcome> => {
      const options = { version, credentials: credentials.get(client) ?? null }
      const claimed = client === 'own' ? claims.another : claims.caller
      const headers = { ...forgedHeaders(claimed), ...added }
      const honest = await connectOnce(target, options)
      const forged = await connectOnce(target, { ...options, headers })
      const again = await connectOnce(target, options)
      const { status } = honest
      return {
        client,
        status,
        forgedStatus: forged.status,
        effect: effectOf(honest, again, forged),
      }
    }),
  )
  return outcomes.toSorted((one, other) => weightOf(other) - weightOf(one))[0] ?? null
}

function weightOf({ effect }: ForgedOutcome): number {
  return ['unchanged', 'refused', 'unknown', 'changed'].indexOf(effect)
}

function effectOf(honest: Connected, again: Connected, forged: Connected): ForgedOutcome['effect'] {
  if (forged.status === null || honest.status === null || honest.status !== again.status) {
    return 'unknown'
  }
  if (forged.status !== honest.status) return refusals.has(forged.status) ? 'refused' : 'changed'
  // Bodies that differ by themselves, such as those with the time, tell nothing.
  const isStable = honest.isWhole && again.isWhole && honest.body === again.body
  if (!isStable) return 'unknown'
  return forged.body === honest.body ? 'unchanged' : 'changed'
}

/** How such a request is turned down (RFC 9110 §15.5, RFC 6585 §5). */
const refusals: ReadonlySet<number> = new Set([400, 401, 403, 431])
