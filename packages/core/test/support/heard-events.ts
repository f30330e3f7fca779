import { onGateEvent } from '@peergate/core'
import type { GateEvent, GateEventType } from '@peergate/core'
import type { Test } from 'tap'

/** The events of these types that are published until the test ends. */
export function hearEvents<Type extends GateEventType>(
  t: Test,
  ...types: readonly Type[]
): Extract<GateEvent, { type: Type }>[] {
  const events: Extract<GateEvent, { type: Type }>[] = []
  const subscription = onGateEvent<Type>((event) => events.push(event), { types })
  t.teardown(subscription.stop)
  return events
}
