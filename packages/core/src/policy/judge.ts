import type { ClientIdentity } from '../client-identity.js'
import { PeerGateError } from '../errors.js'
import { isAssured } from '../evidence.js'
import type { Assurance } from '../evidence.js'
import { quote } from '../identity-value/quote.js'
import { allow, deny } from './decision.js'
import type { AllowedDecision, Decision, DeniedDecision, PendingDecision } from './decision.js'
import { judgePredicate } from './judge-predicate.js'
import type { Judge, Jury } from './jury.js'
import type { CombinedStatement, IdentityStatement } from './statement.js'

/** The judge of `statement`, with everything done that does not need the identity. */
export function createJudge(statement: IdentityStatement, jury: Jury): Judge {
  if (statement.kind === 'permission') return judgePermission(statement.tag, jury)
  if (statement.kind === 'trustSet') return judgeTrustSet(statement.name)
  if (statement.kind === 'minimumAssurance') return judgeAssurance(statement.minimum)
  if (statement.kind === 'when') return judgePredicate(statement.predicate, jury.report)
  if (statement.kind === 'authenticated') return () => allowedAuthenticated
  return judgeParts(statement, jury)
}

const allowedAuthenticated = allow('authenticated')
const allowedTrustSet = allow('trust-set')
const allowedAssurance = allow('assurance')

/** What a grant denies is denied, whatever an engine would say. */
function judgePermission(tag: string, { decide, authorizer }: Jury): Judge {
  if (authorizer === null) return (identity, _request, params) => decide(identity, tag, params)
  return (identity, request, params) => {
    const decision = decide(identity, tag, params)
    if (decision.allowed || decision.reason !== 'not-granted') return decision
    return authorizer(identity, tag, request, params)
  }
}

function judgeTrustSet(name: string): Judge {
  return (identity) => (identity.trustSet === name ? allowedTrustSet : denyTrustSet(identity, name))
}

function denyTrustSet({ value, trustSet }: ClientIdentity, demanded: string): DeniedDecision {
  const found =
    trustSet === null
      ? `it is not known which set admitted ${quote(value)}`
      : `${quote(value)} was admitted by the set ${quote(trustSet)}`
  const fault = `the route demands the set ${quote(demanded)}, and ${found}`
  return deny('trust-set-mismatch', new PeerGateError('ERR_PEERGATE_TRUST_SET_MISMATCH', fault))
}

function judgeAssurance(minimum: Assurance): Judge {
  return (identity) =>
    isAssured(identity.assurance, minimum) ? allowedAssurance : denyAssurance(identity, minimum)
}

function denyAssurance({ value, assurance }: ClientIdentity, minimum: Assurance): DeniedDecision {
  const fault = `the route demands ${minimum}, and ${quote(value)} is known as ${assurance}`
  return deny('assurance-too-low', new PeerGateError('ERR_PEERGATE_ASSURANCE_TOO_LOW', fault))
}

/** Asks the parts in their order, and waits only for those that have to be waited for. */
function judgeParts({ kind, parts }: CombinedStatement, jury: Jury): Judge {
  const judges = parts.map((part) => createJudge(part, jury))
  const combine = kind === 'allOf' ? combineAll : combineAny
  return (identity, request, params) => {
    function judgeFrom(index: number, before: Decision | null): PendingDecision {
      for (let next = index, answer = before; ; next += 1) {
        const judge = judges[next]
        if (judge === undefined) return answer as Decision
        const decision = judge(identity, request, params)
        if (decision instanceof Promise) {
          const earlier = answer
          return decision.then((late) => {
            const [combined, isFinal] = combine(earlier, late)
            return isFinal ? combined : judgeFrom(next + 1, combined)
          })
        }
        const [combined, isFinal] = combine(answer, decision)
        if (isFinal) return combined
        answer = combined
      }
    }
    return judgeFrom(0, null)
  }
}

type Combine = (before: Decision | null, decision: Decision) => readonly [Decision, boolean]

/** The first denial is final. */
const combineAll: Combine = (before, decision) => {
  if (!decision.allowed) return [decision, true]
  return [before === null ? decision : moreTelling(before as AllowedDecision, decision), false]
}

/** The first that allows is final; without one, the first denial is the answer. */
const combineAny: Combine = (before, decision) =>
  decision.allowed ? [decision, true] : [before ?? decision, false]

/** A grant tells most, and the first of several is the answer; that there is an identity, least. */
function moreTelling(one: AllowedDecision, other: AllowedDecision): AllowedDecision {
  return one.reason === 'granted' || other.reason === 'authenticated' ? one : other
}
