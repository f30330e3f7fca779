import type { ClientIdentity } from '../../client-identity.js'

/** `unknown` where it cannot be told: then nothing is given, and what is denied is denied. */
export type Verdict = 'met' | 'unmet' | 'unknown'

export type Effect = 'allow' | 'deny'

/** Whether a grant with this effect has it, on a condition with this verdict. */
export function holds(effect: Effect, verdict: Verdict): boolean {
  return effect === 'allow' ? verdict === 'met' : verdict !== 'unmet'
}

/** A condition of a grant. */
export interface Condition {
  /** What it demands, in words that follow "it needs": `the trust set "payments"`. */
  readonly wording: string
  /** Its verdict on an identity; a function where every request of the identity has its own. */
  readonly judge: (identity: ClientIdentity) => RequestVerdict | Verdict
}

/**
 * `params` are the parameters of the route, in a form that nobody has checked; `now` is the time in epoch
 * milliseconds, the same for all conditions of a decision, and NaN where no condition needs it.
 */
export type RequestVerdict = (params: unknown, now: number) => Verdict
