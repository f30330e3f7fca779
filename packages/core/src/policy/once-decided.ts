import { PeerGateError } from '../errors.js'
import { deny } from './decision.js'
import type { Decision, PendingDecision } from './decision.js'
import { settle } from './settle.js'

/**
 * Asks, and gives `act` the decision: before it returns where nothing has to be waited for, else when it
 * has come. Whatever `ask` throws or rejects with is a denial. For writers of adapters: `act` must not
 * throw, since nobody would be left to hear of it.
 *
 * @example
 * ```ts
 * onceDecided(
 *   () => guard(gate.admit(request), request),
 *   (decision) => (decision.allowed ? next() : next(decision.error)),
 * )
 * ```
 */
export function onceDecided(
  ask: () => PendingDecision,
  act: (decision: Decision) => unknown,
): void {
  const decision = settle(ask, { read: (answer) => answer as Decision, fail })
  if (decision instanceof Promise) void decision.then(act)
  else act(decision)
}

function fail(cause: unknown): Decision {
  const fault = 'the gate could not judge the request: its guard gave no decision'
  return deny('faulty', new PeerGateError('ERR_PEERGATE_GATE_FAULTY', fault, { cause }))
}
