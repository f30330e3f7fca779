import type { ClientIdentity } from '../../client-identity.js'
import { PeerGateError } from '../../errors.js'
import { isAssured } from '../../assurance.js'
import type { Assurance } from '../../assurance.js'
import { quote } from '../../identity-value/quote.js'
import { allow, deny } from './decision.js'
import type { AllowedDecision, Decision, DeniedDecision } from './decision.js'
import { judgePredicate } from './judge-predicate.js'
import type { Judge, Jury } from './jury.js'
import type { CombinedStatement, IdentityStatement } from '../requirement/statement.js'

/** The judge of `statement`, with everything done that does not need the identity. */
export function createJudge(statement: IdentityStatement, jury: Jury): Judge {
  if (statement.kind === 'permission') return judgePermission(statement.tag, jury)
  if (statement.kind === 'trustSet') return judgeTrustSet(statement.name)
  if (statement.kind === 'minimumAssurance') return judgeAssurance(statement.minimum)
  if (statement.kind === 'when') return judgePredicate(statement, jury.report)
  if (statement.kind === 'authenticated') return () => allowedAuthenticated
  return judgeParts(statement, jury)
}

const allowedAuthenticated = allow('authenticated')
const allowedTrustSet = allow('trust-set')
const allowedAssurance = allow('assurance')

/** What a grant denies is denied, whatever an engine would say. */
function judgePermission(tag: string, { decide, authorizer }: Jury): Judge {
  if (authorizer === null) return (identity, _request, params) => decide(identity, tag, params)
  return (identity, request, params, asking) => {
    const decision = decide(identity, tag, params)
    if (decision.allowed || decision.reason !== 'not-granted') return decision
    return authorizer({ identity, permission: tag, params, request }, asking)
  }
}

function judgeTrustSet(name: string): Judge {
  const denials = rememberDenials((identity) => denyTrustSet(identity, name))
  return (identity) => (identity.trustSet === name ? allowedTrustSet : denials(identity))
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
  const denials = rememberDenials((identity) => denyAssurance(identity, minimum))
  return (identity) =>
    isAssured(identity.assurance, minimum) ? allowedAssurance : denials(identity)
}

function denyAssurance({ value, assurance }: ClientIdentity, minimum: Assurance): DeniedDecision {
  const fault = `the route demands ${minimum}, and ${quote(value)} is known as ${assurance}`
  return deny('assurance-too-low', new PeerGateError('ERR_PEERGATE_ASSURANCE_TOO_LOW', fault))
}

/** Made once for an identity, so that a peer that asks again and again costs no error each time. */
function rememberDenials(
  make: (identity: ClientIdentity) => DeniedDecision,
): (identity: ClientIdentity) => DeniedDecision {
  const denials = new WeakMap<ClientIdentity, DeniedDecision>()
  return (identity) => {
    const known = denials.get(identity)
    if (known !== undefined) return known
    const denial = make(identity)
    denials.set(identity, denial)
    return denial
  }
}

/** Asks the parts in their order, and waits only for those that have to be waited for. */
function judgeParts({ kind, parts }: CombinedStatement, jury: Jury): Judge {
  const judges = parts.map((part) => createJudge(part, jury))
  // Of allOf, the first denial is final; of anyOf, the first allowance.
  const goesOn = kind === 'allOf'

  async function judgeLate(
    { pending, before, rest }: Waiting,
    ...subject: Parameters<Judge>
  ): Promise<Decision> {
    const late = await pending
    if (late.allowed !== goesOn) return late
    let answer = combine(before, late)
    for (const judge of rest) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other is what it is about
      const decision = await judge(...subject)
      if (decision.allowed !== goesOn) return decision
      answer = combine(answer, decision)
    }
    return answer
  }

  return (identity, request, params, asking) => {
    let answer: Decision | null = null
    let asked = 0
    for (const judge of judges) {
      const decision = judge(identity, request, params, asking)
      asked += 1
      // Whose promise it is depends on what the application put in the place of `Promise`.
      if (!('allowed' in decision)) {
        const waiting = { pending: decision, before: answer, rest: judges.slice(asked) }
        return judgeLate(waiting, identity, request, params, asking)
      }
      if (decision.allowed !== goesOn) return decision
      answer = combine(answer, decision)
    }
    return answer as Decision
  }
}

/** A part that has to be waited for, what those before it came to, and those after it. */
interface Waiting {
  readonly pending: Promise<Decision>
  readonly before: Decision | null
  readonly rest: readonly Judge[]
}

/** Of decisions that agree, the first denial, or the first of the allowances that tell most. */
function combine(before: Decision | null, decision: Decision): Decision {
  if (before === null) return decision
  return before.allowed && decision.allowed && weigh(decision) > weigh(before) ? decision : before
}

/** A permission tells most; that there is an identity, least. */
function weigh({ reason }: AllowedDecision): number {
  if (reason === 'granted' || reason === 'authorizer') return 2
  return reason === 'authenticated' ? 0 : 1
}
