import type { PeerGateError } from '../errors.js'
import type { Refusal } from './gate-event.js'

/** What an event says of an error. */
export function refusalFacts(error: PeerGateError, isEnforced: boolean): Refusal {
  const { code, layer, statusCode } = error
  const isPlain = layer !== 'proxy' && layer !== 'configuration'
  return { code, statusCode, detail: isPlain ? error.detail : null, isEnforced }
}
