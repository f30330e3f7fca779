import { trace } from '@opentelemetry/api'
import { onGateEvent } from '@peergate/core'
import type { GateEvent, GateEventChoice, GateEventType, GateSubscription } from '@peergate/core'
import { spanAttributesOf } from './span-attributes.js'

/**
 * Sets what events say of a request on the span that is active when they happen, which is that of the
 * request where HTTP is instrumented. Without `types`, those of identities and permissions: a
 * connection is opened outside of all spans. Of several events of one type, the last one stays.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const spans = traceGateEvents()
 * ```
 */
export function traceGateEvents(choice: GateEventChoice = {}): GateSubscription {
  return onGateEvent(setSpanAttributes, { types: requestTypes, ...choice })
}

/** Sets {@link spanAttributesOf} an event on the active span; does nothing where there is none. */
export function setSpanAttributes(event: GateEvent): void {
  trace.getActiveSpan()?.setAttributes(spanAttributesOf(event))
}

const requestTypes: readonly GateEventType[] = [
  'identity-absent',
  'identity-accepted',
  'identity-rejected',
  'permission-allowed',
  'permission-denied',
]
