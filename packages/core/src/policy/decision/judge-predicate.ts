import type { ClientIdentity } from '../../client-identity.js'
import { PeerGateError } from '../../errors.js'
import { quote } from '../../identity-value/quote.js'
import { askRemembering } from './asking.js'
import { allow, deny } from './decision.js'
import type { Decision, PendingDecision } from './decision.js'
import type { Judge } from './jury.js'
import { settle } from './settle.js'
import type { PredicateStatement } from '../requirement/statement.js'

/** The judge of a predicate of a user's own; `report` is told of every fault of it. */
export function judgePredicate(
  { predicate, name }: PredicateStatement,
  report: (error: PeerGateError) => void,
): Judge {
  function fail(isReported: boolean, what: string, cause?: unknown): Decision {
    const fault = `the predicate ${quote(name)} of the route ${what}`
    const error = new PeerGateError('ERR_PEERGATE_CONDITION_FAULTY', fault, { cause })
    if (isReported) report(error)
    return deny('faulty', error)
  }

  function ask(identity: ClientIdentity, request: unknown, isReported: boolean): PendingDecision {
    function read(answer: unknown): Decision {
      if (answer === true) return allowed
      if (answer !== false) return fail(isReported, 'gave no boolean')
      const fault = `the predicate ${quote(name)} of the route denies ${quote(identity.value)}`
      return deny('condition-unmet', new PeerGateError('ERR_PEERGATE_CONDITION_UNMET', fault))
    }

    return settle(() => predicate(identity, request as never), {
      read,
      fail: (cause) => fail(isReported, 'threw', cause),
    })
  }

  return (identity, request, _params, asking) => {
    if (asking === null) return ask(identity, request, true)
    return askRemembering(asking, predicate, () => ask(identity, request, !asking.isShadow))
  }
}

const allowed = allow('condition')
