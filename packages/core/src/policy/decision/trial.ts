import type { Answers } from './asking.js'
import { deny } from './decision.js'
import type { Conclude, Question } from './guard.js'
import { createJudge } from './judge.js'
import type { Judge, Jury } from './jury.js'
import { onceDecided } from './once-decided.js'
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

export interface TriedQuestion {
  readonly question: Question
  readonly params: unknown
  /** What the application's own code has answered already. */
  readonly answers: Answers
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
  return {
    isIdle: () => proposed === null && (enforced.kind === 'publicRoute' || shadowJury() === null),
    run({ question, params, answers }) {
      const { sender, request } = question
      if (sender?.refusal) {
        conclude.recordTrial(question)(deny('refused', sender.refusal), enforced)
      } else if (sender?.identity && conclude.isTrialHeard()) {
        const { identity } = sender
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
    },
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
