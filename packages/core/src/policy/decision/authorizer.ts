import type { ClientIdentity } from '../../client-identity.js'
import { PeerGateError } from '../../errors.js'
import { quote } from '../../identity-value/quote.js'
import { askRemembering } from './asking.js'
import type { Asking } from './asking.js'
import { allow, deny } from './decision.js'
import type { Decision, PendingDecision } from './decision.js'
import { awaitAnswer, isPromiseLike, settle } from './settle.js'

/** What an external policy engine is asked. */
export interface AuthorizationQuestion<Permission extends string = string> {
  readonly identity: ClientIdentity
  readonly permission: Permission
  /** The parameters of the route, as its framework gives them. */
  readonly params: unknown
  /** The request, as the framework of the route gives it; its body is not read yet. */
  readonly request: unknown
  /** Aborted when the answer comes too late to count. */
  readonly signal: AbortSignal
}

/**
 * Asks a policy engine of the application's own, in the place of grants that allow. Exactly `true`, or a
 * promise of it, allows; whatever else it gives, throws or rejects with, and silence, denies.
 */
export type Authorize<Permission extends string = string> = (
  question: AuthorizationQuestion<Permission>,
) => boolean | Promise<boolean>

/** An engine that never throws, and always answers. */
export type Authorizer = (
  subject: Omit<AuthorizationQuestion, 'signal'>,
  asking: Asking | null,
) => PendingDecision

/** `within` is how long an answer may take, in seconds; `report` is told of every fault. */
export function createAuthorizer(
  authorize: Authorize,
  within: number,
  report: (error: PeerGateError) => void,
): Authorizer {
  function read(answer: unknown, asked: Asked): Decision {
    if (answer === true) return allowed
    if (answer !== false) return fail('gave no boolean', asked)
    const fault = `the engine denies ${describe(asked.question)}`
    return deny('authorizer-denied', new PeerGateError('ERR_PEERGATE_AUTHORIZER_DENIED', fault))
  }

  function fail(what: string, { question, isReported }: Asked, cause?: unknown): Decision {
    const fault = `the engine ${what} when it was asked for ${describe(question)}`
    const error = new PeerGateError('ERR_PEERGATE_AUTHORIZER_FAULTY', fault, { cause })
    if (isReported) report(error)
    return deny('faulty', error)
  }

  function ask(subject: Parameters<Authorizer>[0], isReported: boolean): PendingDecision {
    const deadline = new AbortController()
    const question = Object.freeze({ ...subject, signal: deadline.signal })
    return settle(() => limitTime(authorize(question), within, deadline), {
      read: (answer) => read(answer, { question, isReported }),
      fail: (cause) => fail('gave no answer', { question, isReported }, cause),
    })
  }

  return (subject, asking) => {
    if (asking === null) return ask(subject, true)
    return askRemembering(asking, subject.permission, () => ask(subject, !asking.isShadow))
  }
}

/** A question, and whether the operator is told of an engine that fails at it. */
interface Asked {
  readonly question: AuthorizationQuestion
  readonly isReported: boolean
}

const allowed = allow('authorizer')

function describe({ permission, identity: { value } }: AuthorizationQuestion): string {
  return `${permission} for ${quote(value)}`
}

/** `answer`; where it is a promise, for as long as it may take. */
function limitTime(answer: unknown, within: number, deadline: AbortController): unknown {
  if (!isPromiseLike(answer)) return answer
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const late = new Error(`it took longer than ${within} s`)
      reject(late)
      deadline.abort(late)
    }, within * 1000)
    void awaitAnswer(answer)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}
