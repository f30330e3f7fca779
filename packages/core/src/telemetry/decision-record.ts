import type { ClientIdentity } from '../client-identity.js'
import { containCallback } from '../contain-callback.js'
import type { PeerSource, RequestLike } from '../peer-source.js'
import { allowObserved } from '../policy/decision/decision.js'
import type { Decision, DeniedDecision } from '../policy/decision/decision.js'
import type { Conclude } from '../policy/decision/conclude.js'
import type { Question, Sender } from '../policy/decision/question.js'
import { formatStatement } from '../policy/requirement/statement.js'
import type { EnforcedStatement } from '../policy/requirement/statement.js'
import type { RolloutMode } from '../rollout-mode.js'
import { areRequestsHeard } from './gate-channels.js'
import type { GateEvents } from './gate-events.js'
import { createIdentityRecord } from './identity-record.js'
import { refusalFacts } from './refusal-facts.js'
import type { RequestId } from './request-id.js'
import { createRequestRecord } from './request-record.js'
import type { RequestRecord } from './request-record.js'

/** What a gate records of the requests that it judges. */
export interface DecisionRecord {
  readonly conclude: Conclude
  /** Records that the sender of `request` was asked for, outside of all routes. */
  readonly identified: (sender: Sender, request: RequestLike) => void
}

/** What decisions are recorded by. */
interface RecordContext {
  readonly mode: RolloutMode
  readonly events: GateEvents
  readonly source: Pick<PeerSource, 'unverifiedPeerOf'>
  readonly requestId: (request: RequestLike) => RequestId
}

export function createDecisionRecord(context: RecordContext): DecisionRecord {
  const { mode, events, requestId } = context
  const identities = createIdentityRecord(events, context.source)
  const recordOf = (raw: RequestLike, route: string | null) =>
    createRequestRecord(raw, route, requestId)

  function tellIdentity(decision: Decision, { sender }: Question, request: RequestRecord): void {
    const { evidence = null, refusal = null } = sender ?? {}
    const identity = sender?.identity ?? null
    if (identity !== null) identities.accepted(identity, request)
    else if (!decision.allowed) {
      const { error } = decision
      identities.rejected({ error, isEnforced: isEnforced(decision, mode), evidence }, request)
    } else if (refusal !== null) identities.absent(refusal, request)
  }

  // A source and what describes a request may be a user's own, and must not change what was decided.
  const record = containCallback('the record of a decision', ({ decision, question }: Settled) => {
    const { raw, route } = placeOf(question)
    const request = recordOf(raw, route)
    tellIdentity(decision, question, request)
    tellPermission({ decision, question, request }, context)
  })
  const recordSender = containCallback('the record of a sender', ({ sender, raw }: AskedSender) => {
    const { evidence, identity, refusal } = sender
    const request = recordOf(raw, null)
    if (identity !== null) identities.accepted(identity, request)
    else identities.rejected({ error: refusal, isEnforced: true, evidence }, request)
  })

  return {
    identified: (sender, raw) => recordSender({ sender, raw }),
    conclude: {
      isIdle: () => mode !== 'observe' && !areRequestsHeard(),
      settle(decision, question) {
        record({ decision, question })
        return decision.allowed || isEnforced(decision, mode) ? decision : allowObserved(decision)
      },
      isTrialHeard: () => events.isHeard('permission-denied'),
      recordTrial(question) {
        const { raw, route } = placeOf(question)
        const request = recordOf(raw, route)
        // Now, since nothing waits for what is tried, and the connection may be gone when it is told.
        request.facts()
        const { evidence } = question.sender
        const identity = question.sender.identity ?? null
        return (denial, statement) => {
          const { error } = denial
          if (identity === null) identities.tried({ error, isEnforced: false, evidence }, request)
          else {
            const told = { isEnforced: false, policy: 'shadow' } as const
            tellDenial({ ...told, denial, statement, identity, request }, events)
          }
        }
      },
    },
  }
}

/** A decision, with what was asked. */
interface Settled {
  readonly decision: Decision
  readonly question: Question
}

/** A decision on a request. */
interface Concluded extends Settled {
  readonly request: RequestRecord
}

/** A sender who was asked for outside of all routes. */
interface AskedSender {
  readonly sender: Sender
  readonly raw: RequestLike
}

function tellPermission(
  { decision, question: { sender, statement }, request }: Concluded,
  { events, mode }: RecordContext,
): void {
  const identity = sender?.identity ?? null
  if (decision.allowed) {
    const { reason, grant } = decision
    events.publish('permission-allowed', () => ({
      layer: 'authorization',
      request: request.facts(),
      requirement: formatStatement(statement),
      identity,
      reason,
      grant,
    }))
  } else if (identity !== null) {
    const told = { isEnforced: isEnforced(decision, mode), policy: 'live' } as const
    tellDenial({ ...told, denial: decision, statement, identity, request }, events)
  }
}

/** A denial of an identity, by what is in force or by what is only tried. */
interface ToldDenial {
  readonly denial: DeniedDecision
  readonly statement: EnforcedStatement
  readonly identity: ClientIdentity
  readonly request: RequestRecord
  readonly isEnforced: boolean
  readonly policy: 'live' | 'shadow'
}

function tellDenial(
  { denial, statement, identity, request, isEnforced: isRefused, policy }: ToldDenial,
  events: GateEvents,
): void {
  events.publish('permission-denied', () => ({
    layer: 'authorization',
    ...refusalFacts(denial.error, isRefused),
    request: request.facts(),
    requirement: formatStatement(statement),
    identity,
    reason: denial.reason,
    grant: denial.grant,
    policy,
  }))
}

/** A fault of the deployment is none that a certificate or a grant could mend. */
function isEnforced({ error }: DeniedDecision, mode: RolloutMode): boolean {
  return mode !== 'observe' || error.statusCode === 500
}

/** A guard may be asked without a request, or about something else than one. */
function placeOf({ request, describe }: Question) {
  if (describe !== undefined) return describe(request as never)
  const isRequest = typeof request === 'object' && request !== null
  return { raw: isRequest ? (request as RequestLike) : {}, route: null }
}
