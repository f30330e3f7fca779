import { EventEmitter, once } from 'node:events'
import { onGateEvent } from '@peergate/core'
import type { GateEvent, GateEventType } from '@peergate/core'

/** The events of one gate, from the moment on when this was made. */
export interface EventRecord {
  /** Every event so far of the types that begin with `prefix`, and forgets them. */
  readonly take: (prefix: string) => readonly GateEvent[]
  /** The next event of a type. */
  readonly next: <Type extends GateEventType>(type: Type) => Promise<EventOf<Type>>
  readonly stop: () => void
}

type EventOf<Type extends GateEventType> = Extract<GateEvent, { readonly type: Type }>

export function recordEvents(gate: string): EventRecord {
  let events: readonly GateEvent[] = []
  const news = new EventEmitter()
  const { stop } = onGateEvent(
    (event) => {
      events = [...events, event]
      news.emit(event.type, event)
    },
    { gate },
  )
  return {
    take(prefix) {
      const taken = events.filter(({ type }) => type.startsWith(prefix))
      events = events.filter((event) => !taken.includes(event))
      return taken
    },
    async next<Type extends GateEventType>(type: Type) {
      const [event] = (await once(news, type)) as [EventOf<Type>]
      return event
    },
    stop,
  }
}
