import { EventEmitter, once } from 'node:events'
import { onGateEvent } from '@peergate/core'
import type { GateEvent, GateEventType } from '@peergate/core'
import type { Test } from 'tap'

/** What a gate published so far. */
export interface EventLog {
  readonly events: readonly GateEvent[]
  /** The first event of a type from now on, or the first one so far. */
  readonly first: <Type extends GateEventType>(
    type: Type,
  ) => Promise<Extract<GateEvent, { readonly type: Type }>>
}

export function recordEvents(t: Test, gate: string): EventLog {
  const events: GateEvent[] = []
  const emitter = new EventEmitter()
  const subscription = onGateEvent(
    (event) => {
      events.push(event)
      emitter.emit(event.type)
    },
    { gate },
  )
  t.teardown(() => subscription.stop())
  const find = (type: GateEventType) => events.find((event) => event.type === type)
  return {
    events,
    async first(type) {
      if (find(type) === undefined) await once(emitter, type)
      return find(type) as never
    },
  }
}
