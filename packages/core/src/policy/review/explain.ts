import type { ClientIdentity } from '../../client-identity.js'
import { quote } from '../../identity-value/quote.js'
import type { CompiledGrant } from '../grant/compile-grant.js'
import type { CompiledPolicy } from '../compile-policy.js'
import { judgeStatement } from './judge-statement.js'
import type { JudgeExplained } from './judge-statement.js'
import { formatStatement, permissionsIn } from '../requirement/statement.js'
import type { EnforcedStatement } from '../requirement/statement.js'
import { refuseUnknownPermission } from '../unknown-permission.js'
import { holds } from '../grant/verdict.js'
import type { Effect, Verdict } from '../grant/verdict.js'

/** Why an identity meets a requirement or does not, as far as the policy decides. */
export interface Explanation {
  /** As a reader would write it. */
  readonly requirement: string
  readonly identity: string
  /** Whether it is met; `unknown` where a predicate or an engine is asked, which this does not do. */
  readonly outcome: Verdict
  /** One for each permission that the requirement names. */
  readonly permissions: readonly PermissionExplanation[]
  /** The whole of it in sentences, one on each line. */
  readonly text: string
}

/** Which grants speak of one permission, and what they come to. */
export interface PermissionExplanation {
  readonly permission: string
  /**
   * `denied` by a grant, which wins; where none gives it, `not-granted`, or `authorizer` where an
   * external engine is asked.
   */
  readonly outcome: 'granted' | 'denied' | 'not-granted' | 'authorizer'
  /** Every grant that names the permission, in the order of the policy. */
  readonly grants: readonly GrantExplanation[]
  /**
   * A grant that would have to be added. Null where none would change the outcome, and where the
   * conditions of one that is there would only have to be met: a new one would do without them.
   */
  readonly wanted: { readonly identity: string; readonly allow: readonly string[] } | null
}

/** What became of one grant. */
export interface GrantExplanation {
  /** `grants.3` */
  readonly place: string
  readonly effect: Effect
  /** The peers, as the policy writes them. */
  readonly peers: string
  /** Whether it names the identity. */
  readonly matches: boolean
  /** Whether it gives or denies the permission here. */
  readonly applies: boolean
  /** The conditions, with what is known of each for this identity and these parameters. */
  readonly conditions: readonly ConditionExplanation[]
}

export interface ConditionExplanation {
  readonly wording: string
  readonly verdict: Verdict
}

/** What an explanation is about, besides the requirement. */
export interface ExplanationSubject {
  readonly identity: ClientIdentity
  readonly params: unknown
  /** Whether an external engine decides what no grant denies. */
  readonly hasAuthorizer: boolean
  /** In epoch milliseconds. */
  readonly now: number
}

/** @throws {PeerGateError} ERR_PEERGATE_PERMISSION_UNKNOWN */
export function explainStatement(
  statement: EnforcedStatement,
  policy: CompiledPolicy,
  subject: ExplanationSubject,
): Explanation {
  const permissions = [...new Set(permissionsIn(statement))].map((permission) => {
    refuseUnknownPermission(permission, policy.content.permissions)
    return explainPermission(permission, policy, subject)
  })
  const requirement = formatStatement(statement)
  const { value: identity } = subject.identity
  const outcomeOfPermission = new Map(permissions.map((one) => [one.permission, one.outcome]))
  const judge: JudgeExplained = {
    // Every tag of the statement was explained above.
    permission: (tag) => verdicts[outcomeOfPermission.get(tag) as PermissionExplanation['outcome']],
    identity: subject.identity,
  }
  const outcome = judgeStatement(statement, judge)
  const lines = [
    ...(statement.kind === 'permission' ? [] : [describeOutcome(requirement, outcome, identity)]),
    ...permissions.flatMap((one) => describe(one, identity)),
  ]
  return { requirement, identity, outcome, permissions, text: lines.join('\n') }
}

const verdicts = {
  granted: 'met',
  denied: 'unmet',
  'not-granted': 'unmet',
  authorizer: 'unknown',
} as const

function describeOutcome(requirement: string, outcome: Verdict, identity: string): string {
  if (outcome === 'unknown')
    return `${requirement} is for a predicate or an engine to decide, for ${quote(identity)}`
  return `${requirement} is ${outcome === 'met' ? 'met' : 'not met'} by ${quote(identity)}`
}

function explainPermission(
  permission: string,
  { grants, find }: CompiledPolicy,
  subject: ExplanationSubject,
): PermissionExplanation {
  const matching = new Set(find(subject.identity))
  const explained = grants.flatMap((grant) => {
    const conditions = explainConditions(grant, subject)
    return effectsOn(grant, permission).map((effect): GrantExplanation => {
      const matches = matching.has(grant)
      const applies = matches && conditions.every(({ verdict }) => holds(effect, verdict))
      return { place: grant.place, effect, peers: grant.name, matches, applies, conditions }
    })
  })
  const outcome = outcomeOf(explained, subject.hasAuthorizer)
  const { value: identity } = subject.identity
  const isNear = explained.some(({ effect, matches }) => effect === 'allow' && matches)
  const wanted = outcome === 'not-granted' && !isNear ? { identity, allow: [permission] } : null
  return { permission, outcome, grants: explained, wanted }
}

function effectsOn({ allowed, denied }: CompiledGrant, permission: string): readonly Effect[] {
  return [
    ...(allowed.has(permission) ? (['allow'] as const) : []),
    ...(denied.has(permission) ? (['deny'] as const) : []),
  ]
}

function explainConditions(
  { conditions }: CompiledGrant,
  { identity, params, now }: ExplanationSubject,
): readonly ConditionExplanation[] {
  return conditions.map(({ wording, judge }) => {
    const verdict = judge(identity)
    return {
      wording,
      verdict: typeof verdict === 'function' ? verdict(params, now) : verdict,
    }
  })
}

function outcomeOf(
  grants: readonly GrantExplanation[],
  hasAuthorizer: boolean,
): PermissionExplanation['outcome'] {
  const effects = new Set(grants.filter(({ applies }) => applies).map(({ effect }) => effect))
  if (effects.has('deny')) return 'denied'
  if (effects.has('allow')) return 'granted'
  return hasAuthorizer ? 'authorizer' : 'not-granted'
}

function describe(
  { permission, outcome, grants, wanted }: PermissionExplanation,
  identity: string,
): readonly string[] {
  const others = grants.filter(({ matches }) => !matches).length
  const denying = grants.filter(({ effect, applies }) => effect === 'deny' && applies)
  return [
    `${permission} ${outcomes[outcome]} ${quote(identity)}`,
    ...grants.filter(({ matches }) => matches).map(describeGrant),
    ...(others === 0 ? [] : [`grants for other peers that name it: ${others}`]),
    ...(denying.length === 0
      ? []
      : [`a denial wins over every grant; change ${denying.map(({ place }) => place).join(', ')}`]),
    ...(wanted === null ? [] : [`a grant that would give it: ${JSON.stringify(wanted)}`]),
  ]
}

const outcomes = {
  granted: 'is granted to',
  denied: 'is denied to',
  'not-granted': 'is not granted to',
  authorizer: 'is for the engine to decide, for',
} as const

function describeGrant({ place, effect, peers, applies, conditions }: GrantExplanation): string {
  const open = conditions.filter(({ verdict }) => verdict !== 'met')
  const reasons = open.map(
    ({ wording, verdict }) =>
      `it needs ${wording}, which ${verdict === 'unknown' ? 'cannot be told' : 'is not so'}`,
  )
  const what = applies ? verbs[effect] : `does not ${effect}`
  const outcome = `${place} (${peers}) ${what} it`
  return reasons.length === 0 ? outcome : `${outcome}: ${reasons.join(', and ')}`
}

const verbs = { allow: 'allows', deny: 'denies' } as const
