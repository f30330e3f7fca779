import type { Decision, PendingDecision } from './decision.js'

/** What is made of an answer, and of whatever was thrown in its place. */
export interface Reading {
  readonly read: (answer: unknown) => Decision
  readonly fail: (cause: unknown) => Decision
}

/** The decision that `ask`, which is a user's own, leads to; neither throws nor rejects. */
export function settle(ask: () => unknown, { read, fail }: Reading): PendingDecision {
  try {
    const answer = ask()
    return isPromiseLike(answer) ? awaitAnswer(answer).then(read, fail) : read(answer)
  } catch (cause) {
    return fail(cause)
  }
}

/** A promise of our own, since a `then` of somebody else may give anything. */
export function awaitAnswer(answer: PromiseLike<unknown>): Promise<unknown> {
  return new Promise((resolve) => {
    resolve(answer)
  })
}

/** Whether `value` has to be waited for. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
