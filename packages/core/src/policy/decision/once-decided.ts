import { containCallback } from '../../contain-callback.js'
import { PeerGateError } from '../../errors.js'
import { deny } from './decision.js'
import type { Decision, PendingDecision } from './decision.js'
import { settle } from './settle.js'
import type { Reading } from './settle.js'

/**
 * Asks, and gives `act` the decision: before it returns where nothing has to be waited for, else when it
 * has come. Whatever `ask` throws or rejects with is a denial. For writers of adapters: what `act` throws
 * before this returns is thrown on; later, nobody is left to catch it, so that it becomes a process
 * warning, PEERGATE_CALLBACK_THREW.
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
  const decision = settle(ask, reading)
  if ('allowed' in decision) act(decision)
  else void decision.then(containCallback('what acts on a decision', act))
}

const reading: Reading = { read: (answer) => answer as Decision, fail }

function fail(cause: unknown): Decision {
  const fault = 'the gate could not judge the request: its guard gave no decision'
  return deny('faulty', new PeerGateError('ERR_PEERGATE_GATE_FAULTY', fault, { cause }))
}
