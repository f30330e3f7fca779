import { forgedHeaders } from '@peergate/testkit'
import { connectOnce } from './connect-once.js'
import type { Connected } from './connect-once.js'
import type { ProbeCredentials } from './mint-clients.js'
import type { ProbeTarget } from './probe-options.js'
import type { Attempt, ForgedOutcome } from './probe-report.js'
import { hasAnswer } from './try-resumption.js'

/**
 * Sends identity headers that were made up, as the caller and as nobody, and compares each answer with
 * that to an honest request. They claim to be the rogue, whose certificate has the right names, or else
 * the stranger. What weighs most is given; null where it is not to be
 * tried, and where neither gets an answer.
 */
export async function tryForged(
  target: ProbeTarget,
  credentials: ProbeCredentials,
  attempts: readonly Attempt[],
): Promise<ForgedOutcome | null> {
  if (target.forged === null) return null
  const claimed = String((credentials.get('rogue') ?? credentials.get('stranger'))?.certificate)
  const headers = { ...forgedHeaders(claimed), ...target.forged }
  const clients = (['own', 'nobody'] as const).flatMap(
    (client) => attempts.findLast((each) => each.client === client && hasAnswer(each)) ?? [],
  )
  const outcomes = await Promise.all(
    clients.map(async ({ client, version }): Promise<ForgedOutcome> => {
      const options = { version, credentials: credentials.get(client) ?? null }
      const honest = await connectOnce(target, options)
      const again = await connectOnce(target, options)
      const forged = await connectOnce(target, { ...options, headers })
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
  return ['unchanged', 'refused', 'changed'].indexOf(effect)
}

/** Bodies that differ by themselves, such as those with the time, are not compared. */
function effectOf(honest: Connected, again: Connected, forged: Connected): ForgedOutcome['effect'] {
  const isTurnedDown = forged.status === null || forged.status >= 400
  if (forged.status !== honest.status) return isTurnedDown ? 'refused' : 'changed'
  return honest.body === again.body && forged.body !== honest.body ? 'changed' : 'unchanged'
}
