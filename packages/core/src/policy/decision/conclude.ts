import type { EnforcedStatement } from '../requirement/statement.js'
import type { Decision, DeniedDecision } from './decision.js'
import type { AdmittedQuestion, Question } from './question.js'

/** What becomes of a decision: it is recorded, and only recorded by a gate that observes. */
export interface Conclude {
  /** Whether nothing becomes of it, so that nobody has to be told. */
  readonly isIdle: () => boolean
  readonly settle: (decision: Decision, question: Question) => Decision
  /** Whether anybody wants to know which identities would be denied. */
  readonly isTrialHeard: () => boolean
  /** Begins the record of what is only tried, and gives what is to be told of each denial. */
  readonly recordTrial: (
    question: AdmittedQuestion,
  ) => (denial: DeniedDecision, statement: EnforcedStatement) => void
}
