import type { ClientIdentity } from '../../client-identity.js'
import { containCallback } from '../../contain-callback.js'
import type { Answers } from './asking.js'
import type { Conclude } from './conclude.js'
import type { DeniedDecision } from './decision.js'
import { createJudge } from './judge.js'
import type { Judge, Jury } from './jury.js'
import { onceDecided } from './once-decided.js'
import type { AdmittedQuestion } from './question.js'
import { enforcedOf, proposedBy } from '../requirement/statement.js'
import type { IdentityStatement, Statement } from '../requirement/statement.js'

/**
 * Judges what is only tried of a requirement: what it demands, by the policy that is tried, and what it
 * proposes, by that policy as well, or by the one in force where none is tried.
 */
export interface Trial {
  /** Whether there is nothing to try at this moment. */
  readonly isIdle: () => boolean
  /** Judges a request that was let in. Whatever comes of it is recorded, and changes nothing. */
  readonly run: (tried: TriedQuestion) => void
}

/** A request that was let in. */
interface TriedQuestion {
  readonly question: AdmittedQuestion
  readonly params: unknown
  /** What the application's own code has answered already. */
  readonly answers: Answers
  /** What would become of a sender without an identity; null of one that has one. */
  readonly refusal: DeniedDecision | null
}

/** What things are tried by. */
interface TrialContext {
  readonly jury: () => Jury
  readonly shadowJury: () => Jury | null
  readonly conclude: Pick<Conclude, 'isTrialHeard' | 'recordTrial'>
}

export function createTrial(
  statement: Statement,
  { jury, shadowJury, conclude }: TrialContext,
): Trial {
  const enforced = enforcedOf(statement)
  const proposed = proposedBy(statement)
  const candidates = [
    ...(enforced.kind === 'publicRoute' ? [] : [followJury(enforced, shadowJury)]),
    ...(proposed === null ? [] : [followJury(proposed, () => shadowJury() ?? jury())]),
  ]
  function run({ question, params, answers, refusal }: TriedQuestion): void {
    if (refusal !== null) return conclude.recordTrial(question)(refusal, enforced)
    if (!conclude.isTrialHeard()) return
    const { sender, request } = question
    const identity = sender.identity as ClientIdentity
    const asking = { answers, isShadow: true }
    const tell = conclude.recordTrial(question)
    for (const { statement: one, judgeNow } of candidates) {
      const judge = judgeNow()
      if (judge === null) continue
      onceDecided(
        () => judge(identity, request, params, asking),
        (decision) => decision.allowed || tell(decision, one),
      )
    }
  }

  return {
    isIdle: () => proposed === null && (enforced.kind === 'publicRoute' || shadowJury() === null),
    // A source and what describes a request may be a user's own.
    run: containCallback('the record of what is only tried', run),
  }
}

/** What is tried, and the judge of it at this moment; null while there is no jury. */
interface Candidate {
  readonly statement: IdentityStatement
  readonly judgeNow: () => Judge | null
}

function followJury(statement: IdentityStatement, jury: () => Jury | null): Candidate {
  let judged: Jury | null = null
  let judge: Judge | null = null
  return {
    statement,
    judgeNow() {
      const current = jury()
      if (current !== judged) {
        judge = current === null ? null : createJudge(statement, current)
        judged = current
      }
      return judge
    },
  }
}
