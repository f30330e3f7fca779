import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import * as z from 'zod'
import { describeThrown } from '../contain-callback.js'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { gateChannels } from './gate-channels.js'
import type { GateEvent, GateEventType } from './gate-event.js'

/** Which events a subscriber is told of; of all, without a choice. */
export interface GateEventChoice<Type extends GateEventType = GateEventType> {
  readonly types?: readonly Type[]
  /** The name of one gate. */
  readonly gate?: string
}

export interface GateSubscription {
  /** How often the subscriber threw, or its promise was rejected. */
  readonly faults: number
  /** How many events the subscriber caused while it was called itself, and was not told of. */
  readonly skipped: number
  readonly stop: () => void
}

/**
 * Tells `subscriber` of the events of all gates of the process, so that it can do no harm: what it
 * throws, or its promise rejects with, is counted, and told the first time by a process warning with
 * the code `PEERGATE_SUBSCRIBER_THREW`. Events that it causes itself are not handed to it.
 *
 * It is called while a handshake or a request is judged, which waits for it: let it take no time.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const subscription = onGateEvent((event) => denials.push(event.code), { types: ['permission-denied'] })
 * ```
 */
export function onGateEvent<Type extends GateEventType = GateEventType>(
  subscriber: (event: Extract<GateEvent, { type: Type }>) => unknown,
  choice: GateEventChoice<Type> = {},
): GateSubscription {
  parseOptions('onGateEvent', subscriberSchema(), { subscriber })
  const { types, gate } = parseOptions('onGateEvent', choiceSchema(), choice)
  let faults = 0
  let skipped = 0
  let isBusy = false

  function fail(thrown: unknown): void {
    faults += 1
    if (faults > 1) return
    const warning = `a subscriber of gate events threw, which is counted from now on: ${describeThrown(thrown)}`
    process.emitWarning(warning, { type: 'PeergateWarning', code: 'PEERGATE_SUBSCRIBER_THREW' })
  }

  /** `await` takes any promise, also where the application put something in the place of `Promise`. */
  async function settle(answer: unknown): Promise<void> {
    try {
      await answer
    } catch (thrown) {
      fail(thrown)
    }
  }

  function receive(message: unknown): void {
    const event = message as Extract<GateEvent, { type: Type }>
    if (gate !== undefined && event.gate !== gate) return
    if (isBusy) return void (skipped += 1)
    isBusy = true
    try {
      const answer = subscriber(event)
      // Most answers are none that could be a promise, whoever made it, and cost no turn of the queue.
      if (Object(answer) === answer) void settle(answer)
    } catch (thrown) {
      fail(thrown)
    } finally {
      isBusy = false
    }
  }

  const names = new Set(types.map((type) => gateChannels[type]))
  for (const name of names) subscribe(name, receive)
  return {
    get faults() {
      return faults
    },
    get skipped() {
      return skipped
    },
    stop() {
      for (const name of names) unsubscribe(name, receive)
    },
  }
}

const everyType = Object.keys(gateChannels) as readonly GateEventType[]

const subscriberSchema = lazily(() =>
  strictOptions({
    subscriber: z.custom<object>(isFunction, 'must be a function'),
  }),
)

const choiceSchema = lazily(() =>
  strictOptions({
    types: z.array(z.enum(everyType as [GateEventType])).default([...everyType]),
    gate: z.string().min(1, 'must not be empty').exactOptional(),
  }),
)

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
