import type { RolloutMode } from '../rollout-mode.js'
import { channels } from './gate-channels.js'
import type { GateEvent, GateEventType } from './gate-event.js'

/** What one gate publishes. */
export interface GateEvents {
  /** Whether anybody listens to events of this type. */
  readonly isHeard: (type: GateEventType) => boolean
  /** Publishes an event that `make` gives the facts of, which is called only if somebody listens. */
  readonly publish: <Type extends GateEventType>(type: Type, make: () => FactsOf<Type>) => void
}

type Common = 'gate' | 'mode' | 'time' | 'type'

export type FactsOf<Type extends GateEventType> = Omit<
  Extract<GateEvent, { readonly type: Type }>,
  Common
>

/** @param gate the name of the gate */
export function createGateEvents(gate: string, mode: RolloutMode | null): GateEvents {
  return {
    isHeard: (type) => channels[type].hasSubscribers,
    publish(type, make) {
      const channel = channels[type]
      if (!channel.hasSubscribers) return
      channel.publish(Object.freeze({ type, time: Date.now(), gate, mode, ...make() }))
    },
  }
}
