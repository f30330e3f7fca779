import type { ClientIdentity } from '../client-identity.js'
import { PeerGateError } from '../errors.js'
import { isAssured } from '../evidence.js'
import type { Assurance } from '../evidence.js'
import { quote } from '../identity-value/quote.js'
import type { AllowedDecision, Decide, Decision, DeniedDecision } from './decision.js'
import type { IdentityStatement } from './statement.js'

/** Decides whether an identity meets one statement. */
export type Judge = (identity: ClientIdentity) => Decision

/** The judge of `statement`, with everything done that does not need the identity. */
export function createJudge(statement: IdentityStatement, decide: Decide): Judge {
  if (statement.kind === 'authenticated') return () => allowedAuthenticated
  if (statement.kind === 'trustSet') return judgeTrustSet(statement.name)
  if (statement.kind === 'minimumAssurance') return judgeAssurance(statement.minimum)
  if (statement.kind === 'allOf') {
    return judgeAll(statement.parts.map((part) => createJudge(part, decide)))
  }
  const { tag } = statement
  return (identity) => decide(identity, tag)
}

const allowedAuthenticated = allowedBy('authenticated')
const allowedTrustSet = allowedBy('trust-set')
const allowedAssurance = allowedBy('assurance')

function allowedBy(reason: AllowedDecision['reason']): AllowedDecision {
  return Object.freeze({ allowed: true, reason, grant: null })
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
  const error = new PeerGateError('ERR_PEERGATE_TRUST_SET_MISMATCH', fault)
  return { allowed: false, reason: 'trust-set-mismatch', error }
}

function judgeAssurance(minimum: Assurance): Judge {
  return (identity) =>
    isAssured(identity.assurance, minimum) ? allowedAssurance : denyAssurance(identity, minimum)
}

function denyAssurance({ value, assurance }: ClientIdentity, minimum: Assurance): DeniedDecision {
  const fault = `the route demands ${minimum}, and ${quote(value)} is known as ${assurance}`
  const error = new PeerGateError('ERR_PEERGATE_ASSURANCE_TOO_LOW', fault)
  return { allowed: false, reason: 'assurance-too-low', error }
}

function judgeAll(judges: readonly Judge[]): Judge {
  return (identity) => {
    let answer: Decision = allowedAuthenticated
    for (const judge of judges) {
      const decision = judge(identity)
      if (!decision.allowed) return decision
      answer = moreTelling(answer, decision)
    }
    return answer
  }
}

/** A grant tells most, and the first of several is the answer; that there is an identity, least. */
function moreTelling(one: AllowedDecision, other: AllowedDecision): AllowedDecision {
  return one.reason === 'granted' || other.reason === 'authenticated' ? one : other
}
