import { onceDecided } from '@peergate/core'
import type { Decision, PendingDecision, RefusalAnswer, RequestLike } from '@peergate/core'
import type { FastifyBaseLogger, FastifyContextConfig, HookHandlerDoneFunction } from 'fastify'

/** A hook that lets a request pass or answers it. It fits `onRequest` of a route on any server. */
export type RequirementHook = (
  request: AnyRequest,
  reply: AnyReply,
  done: HookHandlerDoneFunction,
) => void

/** What is needed of a request, whatever its server and the types of its route. */
export interface AnyRequest {
  readonly raw: RequestLike
  readonly method: string
  readonly params: unknown
  readonly is404: boolean
  readonly routeOptions: {
    readonly url?: string | undefined
    readonly config: FastifyContextConfig
  }
  readonly log: Pick<FastifyBaseLogger, 'error' | 'info'>
}

/** What is needed of a reply, whatever its server and the types of its route. */
interface AnyReply {
  code(statusCode: number): unknown
  headers(headers: Readonly<Record<string, string>>): unknown
  send(payload: never): unknown
}

/** Makes hooks that ask `decide`, and deal with the refused as `answer` says. */
export function createEnforce(
  answer: RefusalAnswer,
): (decide: (request: AnyRequest) => PendingDecision) => RequirementHook {
  function act(decision: Decision, ...[request, reply, done]: Parameters<RequirementHook>): void {
    if (decision.allowed) return done()
    const { error, reason } = decision
    if (answer.forward) return done(error)
    const isFault = error.statusCode === 500 || reason === 'faulty'
    // The detail is for this log alone; the client is told the code.
    request.log[isFault ? 'error' : 'info']({ err: error }, error.detail)
    const { statusCode, headers, body } = answer.problem(error, request.raw.headers)
    reply.code(statusCode)
    reply.headers(headers)
    // As bytes, since Fastify would add a charset to the type of a text; and `never`, since a refusal
    // is none of the bodies that the handler is typed to send.
    reply.send(Buffer.from(body) as never)
  }

  return (decide) => (request, reply, done) =>
    onceDecided(
      () => decide(request),
      (decision) => act(decision, request, reply, done),
    )
}
