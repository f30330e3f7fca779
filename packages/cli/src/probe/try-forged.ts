import { forgedHeaders } from '@peergate/testkit'
import { connectOnce } from './connect-once.js'
import type { Connected } from './connect-once.js'
import type { ProbeCredentials } from './mint-clients.js'
import type { ProbeTarget } from './probe-options.js'
import type { Attempt, ForgedOutcome } from './probe-report.js'
import { byPreference, hasAnswer } from './try-resumption.js'

/**
 * Sends identity headers that were made up, and compares the answer with that to an honest request. They
 * claim to be the rogue, whose certificate has the right names, or else the stranger. Null where nobody
 * gets an answer.
 */
export async function tryForged(
  target: ProbeTarget,
  credentials: ProbeCredentials,
  attempts: readonly Attempt[],
): Promise<ForgedOutcome | null> {
  // Whoever is denied shows best what a header can do, and whoever is answered that it changes nothing.
  const [chosen] = attempts.filter(hasAnswer).toSorted(byNeed)
  const claimed = credentials.get('rogue') ?? credentials.get('stranger')
  if (chosen === undefined || claimed === null || claimed === undefined) return null
  const { client, version } = chosen
  const options = { version, credentials: credentials.get(client) ?? null }
  const honest = await connectOnce(target, options)
  const again = await connectOnce(target, options)
  const headers = forgedHeaders(claimed.certificate)
  const forged = await connectOnce(target, { ...options, headers })
  return {
    client,
    status: honest.answer?.status ?? null,
    forgedStatus: forged.answer?.status ?? null,
    effect: effectOf(honest, again, forged),
  }
}

function byNeed(one: Attempt, other: Attempt): number {
  return (
    Number(one.outcome === 'answered') - Number(other.outcome === 'answered') ||
    byPreference(one, other)
  )
}

/** Bodies that differ by themselves, such as those with the time, are not compared. */
function effectOf(honest: Connected, again: Connected, forged: Connected): ForgedOutcome['effect'] {
  const turnedDown = forged.answer === null || forged.answer.status >= 400
  if (forged.answer?.status !== honest.answer?.status) return turnedDown ? 'refused' : 'changed'
  const isStable = honest.answer?.body === again.answer?.body
  return isStable && forged.answer?.body !== honest.answer?.body ? 'changed' : 'unchanged'
}
