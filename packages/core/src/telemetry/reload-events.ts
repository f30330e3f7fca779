import { PeerGateError } from '../errors.js'
import type { ReloadDoneEvent } from './gate-event.js'
import type { GateEvents } from './gate-events.js'

/** Tells of the reloads of one thing that is read from files. */
export interface ReloadEvents<Success> {
  readonly done: (success: Success) => void
  readonly failed: (cause: unknown) => void
}

export function createReloadEvents<Success>(
  { publish }: GateEvents,
  subject: ReloadDoneEvent['subject'],
  epochOf: (success: Success) => string | null,
): ReloadEvents<Success> {
  const layer = 'configuration'
  return {
    done: (success) => publish('reload-done', () => ({ layer, subject, epoch: epochOf(success) })),
    failed: (cause) => publish('reload-failed', () => ({ layer, subject, code: codeOf(cause) })),
  }
}

function codeOf(cause: unknown) {
  return cause instanceof PeerGateError ? cause.code : 'ERR_PEERGATE_GATE_FAULTY'
}
