import type { PeerSource, RequestLike } from '../peer-source.js'
import { allowObserved } from '../policy/decision/decision.js'
import type { Decision, DeniedDecision } from '../policy/decision/decision.js'
import type { Conclude, Question, Sender } from '../policy/decision/guard.js'
import { formatStatement } from '../policy/requirement/statement.js'
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

export function createDecisionRecord({
  mode,
  events,
  source,
  requestId,
}: {
  readonly mode: RolloutMode
  readonly events: GateEvents
  readonly source: Pick<PeerSource, 'unverifiedPeerOf'>
  readonly requestId: (request: RequestLike) => RequestId
}): DecisionRecord {
  const identities = createIdentityRecord(events, source)
  const recordOf = (raw: RequestLike, route: string | null) =>
    createRequestRecord(raw, route, requestId)

  /** A fault of the deployment is none that a certificate or a grant could mend. */
  function isEnforced({ error }: DeniedDecision): boolean {
    return mode !== 'observe' || error.statusCode === 500
  }

  function tellIdentity(decision: Decision, { sender }: Question, request: RequestRecord): void {
    const { evidence = null, refusal = null } = sender ?? {}
    const identity = sender?.identity ?? null
    if (identity !== null) identities.accepted(identity, request)
    else if (!decision.allowed) {
      const { error } = decision
      identities.rejected({ error, isEnforced: isEnforced(decision), evidence }, request)
    } else if (refusal !== null) identities.absent(refusal, request)
  }

  function tellPermission(decision: Decision, question: Question, request: RequestRecord): void {
    const identity = question.sender?.identity ?? null
    const requirement = formatStatement(question.statement)
    if (decision.allowed) {
      const { reason, grant } = decision
      events.publish('permission-allowed', () => ({
        layer: 'authorization',
        request: request.facts(),
        requirement,
        identity,
        reason,
        grant,
      }))
    } else if (identity !== null) {
      events.publish('permission-denied', () => ({
        layer: 'authorization',
        ...refusalFacts(decision.error, isEnforced(decision)),
        request: request.facts(),
        requirement,
        identity,
        reason: decision.reason,
        grant: decision.grant,
        policy: 'live' as const,
      }))
    }
  }

  return {
    identified({ evidence, identity, refusal }, raw) {
      const request = recordOf(raw, null)
      if (identity !== null) identities.accepted(identity, request)
      else identities.rejected({ error: refusal, isEnforced: true, evidence }, request)
    },
    conclude: {
      isIdle: () => mode !== 'observe' && !areRequestsHeard(),
      settle(decision, question) {
        const { raw, route } = placeOf(question)
        const request = recordOf(raw, route)
        tellIdentity(decision, question, request)
        tellPermission(decision, question, request)
        return decision.allowed || isEnforced(decision) ? decision : allowObserved(decision)
      },
    },
  }
}

/** A guard may be asked without a request, or about something else than one. */
function placeOf({ request, describe }: Question) {
  if (describe !== undefined) return describe(request as never)
  const isRequest = typeof request === 'object' && request !== null
  return { raw: isRequest ? (request as RequestLike) : {}, route: null }
}
