import type { PendingDecision } from './decision.js'
import type { Predicate } from '../requirement/predicate.js'

/**
 * How the application's own code is asked about one request. Null stands for one of which only what is
 * demanded is judged, and nothing has to be remembered.
 */
export interface Asking {
  /** What came of it. */
  readonly answers: Answers
  /** Whether a shadow asks, which takes the answers that are there, and reports no fault. */
  readonly isShadow: boolean
}

/** By the predicate, or by the permission that an engine was asked for. */
export type Answers = Map<Predicate | string, PendingDecision>

/** Asks and remembers the answer; a shadow only asks for what is not remembered. */
export function askRemembering(
  { answers, isShadow }: Asking,
  subject: Predicate | string,
  ask: () => PendingDecision,
): PendingDecision {
  const known = isShadow ? answers.get(subject) : undefined
  if (known !== undefined) return known
  const answer = ask()
  answers.set(subject, answer)
  return answer
}
