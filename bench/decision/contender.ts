import type { Question, Work } from './work.js'

/** A library that decides, used as its documentation recommends. */
export interface Contender<Peer> {
  /** Holds the grants of `work`, ready to decide. */
  readonly create: (work: Work) => Decider<Peer> | Promise<Decider<Peer>>
}

export interface Decider<Peer> {
  /** What stands for `identity`, before anything is resolved for it. Not measured. */
  readonly meet: (identity: string) => Peer
  readonly ask: Readonly<Record<Question, (peer: Peer) => Answer | Promise<Answer>>>
}

/** What a library answers; wrapping it would be measured. */
export type Answer = boolean | { readonly allowed: boolean }

export function isAllowed(answer: Answer): boolean {
  return typeof answer === 'boolean' ? answer : answer.allowed
}
