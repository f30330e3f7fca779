import type { PeerGateError } from '../../errors.js'

/** The answer to "may this peer do this?", with the reason. */
export type Decision = AllowedDecision | DeniedDecision

export interface AllowedDecision {
  readonly allowed: true
  /**
   * `granted`: by {@link AllowedDecision.grant}. `authorizer`: by the external engine. `trust-set`,
   * `assurance`, `condition`: by what the route demands. `authenticated`, `public`: the route asks no
   * more. `observed`: nothing did, and the gate only observes. Of several requirements, the first permission gives the reason; without one, the first that
   * is not `authenticated`.
   */
  readonly reason:
    | 'granted'
    | 'authorizer'
    | 'trust-set'
    | 'assurance'
    | 'condition'
    | 'authenticated'
    | 'public'
    | 'observed'
  /** The peers of the grant, as the policy writes them; null where no grant gave the answer. */
  readonly grant: string | null
  /** What the answer would have been, had the gate not only observed. */
  readonly denial?: DeniedDecision
}

export interface DeniedDecision {
  readonly allowed: false
  /**
   * `refused`: nobody was identified. `not-granted`: no grant gives the identity the permission.
   * `denied`: {@link DeniedDecision.grant} takes it away. `trust-set-mismatch`: another set admitted
   * the identity than the route demands, or it is not known which. `assurance-too-low`: the identity
   * is known with less than the route demands. `condition-unmet`: the predicate of the route said
   * no. `authorizer-denied`: the external engine did. `faulty`: a predicate, an engine or a clock threw
   * or gave no answer.
   */
  readonly reason:
    | 'refused'
    | 'not-granted'
    | 'denied'
    | 'trust-set-mismatch'
    | 'assurance-too-low'
    | 'condition-unmet'
    | 'authorizer-denied'
    | 'faulty'
  /** The peers of the grant that denies, as the policy writes them. */
  readonly grant: string | null
  /** Made when it is read for the first time, and the same from then on. */
  readonly error: PeerGateError
}

/** A decision, or one that waits for an answer of the application's own. */
export type PendingDecision = Decision | Promise<Decision>

export function allow(
  reason: AllowedDecision['reason'],
  grant: string | null = null,
): AllowedDecision {
  return Object.freeze({ allowed: true, reason, grant })
}

/** Lets somebody go on who is denied. */
export function allowObserved(denial: DeniedDecision): AllowedDecision {
  return Object.freeze({ allowed: true, reason: 'observed', grant: null, denial })
}

export function deny(
  reason: DeniedDecision['reason'],
  error: PeerGateError,
  grant: string | null = null,
): DeniedDecision {
  return Object.freeze({ allowed: false, reason, grant, error })
}

/** A denial that many requests get, or none: its error is made when somebody reads it. */
export function denyLater(
  reason: DeniedDecision['reason'],
  makeError: () => PeerGateError,
  grant: string | null = null,
): DeniedDecision {
  let error: PeerGateError | undefined
  return Object.freeze({
    allowed: false,
    reason,
    grant,
    get error() {
      return (error ??= makeError())
    },
  })
}
