import type { ClientIdentity } from '../../client-identity.js'
import { isAssured } from '../../assurance.js'
import type { CombinedStatement, EnforcedStatement } from '../requirement/statement.js'
import type { Verdict } from '../grant/verdict.js'

/** What a statement is judged by where nobody else is asked. */
export interface JudgeExplained {
  readonly identity: ClientIdentity
  readonly permission: (tag: string) => Verdict
}

/** Whether a statement is met, for an explanation; predicates are not called. */
export function judgeStatement(statement: EnforcedStatement, judge: JudgeExplained): Verdict {
  if (statement.kind === 'permission') return judge.permission(statement.tag)
  if (statement.kind === 'when') return 'unknown'
  if ('parts' in statement) return combine(statement, judge)
  return isMet(statement, judge.identity) ? 'met' : 'unmet'
}

/** Of allOf, one part that is not met decides; of anyOf, one that is. */
function combine({ kind, parts }: CombinedStatement, judge: JudgeExplained): Verdict {
  const verdicts = new Set(parts.map((part) => judgeStatement(part, judge)))
  const [deciding, other] =
    kind === 'allOf' ? (['unmet', 'met'] as const) : (['met', 'unmet'] as const)
  if (verdicts.has(deciding)) return deciding
  return verdicts.has('unknown') ? 'unknown' : other
}

type PlainStatement = Exclude<
  EnforcedStatement,
  CombinedStatement | { kind: 'permission' | 'when' }
>

function isMet(statement: PlainStatement, { trustSet, assurance }: ClientIdentity): boolean {
  if (statement.kind === 'trustSet') return trustSet === statement.name
  return statement.kind !== 'minimumAssurance' || isAssured(assurance, statement.minimum)
}
