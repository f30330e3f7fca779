import type { PeerGate, Requirement, TlsGate } from '@peergate/core'
import type { ConformanceApp, ConformanceTarget } from '../conformance-target.js'

/** What an application of the decision cases is built with. */
export interface DecisionGates {
  readonly tls: TlsGate
  readonly gate: PeerGate
}

/** A route of such an application, for GET. */
export interface DecisionRoute {
  /** As Express and Fastify write it: `/7/tenants/:tenant`. */
  readonly path: string
  readonly requirement: Requirement
}

/** The adapter under test. */
export interface DecisionTarget {
  readonly protocol: ConformanceTarget['protocol']
  /**
   * Starts an application whose routes answer 200 with the identity as JSON; `handled` counts the calls
   * of all of them.
   */
  readonly start: (
    gates: DecisionGates,
    routes: readonly DecisionRoute[],
  ) => Promise<ConformanceApp>
}

/** Cases that are decided by one policy. */
export interface DecisionGroup {
  /** Whom the cases are about, in words that follow `decides on`. */
  readonly name: string
  /** Starts one application for all of them. */
  readonly start: (target: DecisionTarget) => Promise<RunningGroup>
}

export interface RunningGroup {
  /** For any test runner to loop over; `run` throws an `AssertionError` if the target does not decide so. */
  readonly cases: readonly { readonly name: string; readonly run: () => Promise<void> }[]
  readonly close: () => Promise<void>
}
