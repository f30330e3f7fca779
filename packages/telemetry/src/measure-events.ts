import { onGateEvent } from '@peergate/core'
import type { TlsGate } from '@peergate/core'
import { countsOf, remainingLifetimeOf } from './counts-of.js'
import type { CounterName, Labels } from './measurement.js'
import type { GateMetrics } from './metrics-options.js'
import { createSeriesBound } from './series-bound.js'

/** Where measurements go. */
export interface Instruments {
  readonly count: (counter: CounterName, labels: Labels, by: number) => void
  readonly measureLifetime: (labels: Labels, seconds: number) => void
}

/** Measures the events of gates from now on; what is known of `tls` starts at 0. */
export function measureEvents(
  { count, measureLifetime }: Instruments,
  tls: readonly TlsGate[],
  choice: { readonly gate?: string },
): GateMetrics {
  const bound = createSeriesBound()
  const step = (counter: CounterName, labels: Labels, by: number) =>
    count(counter, bound(counter, labels), by)
  for (const gate of tls) startAtZero(gate, step)

  const subscription = onGateEvent((event) => {
    for (const { counter, labels } of countsOf(event)) step(counter, labels, 1)
    const remaining = remainingLifetimeOf(event)
    if (remaining === null) return
    measureLifetime(bound('remainingLifetime', remaining.labels), remaining.seconds)
  }, choice)

  return {
    get faults() {
      return subscription.faults + subscription.skipped
    },
    stop: subscription.stop,
  }
}

/** A rate over a counter misses its first step where the counter begins with it. */
function startAtZero(
  { name: gate, mode, trustSets }: Pick<TlsGate, 'mode' | 'name' | 'trustSets'>,
  count: Instruments['count'],
): void {
  for (const set of trustSets) count('connectionsAccepted', { gate, mode, trust_set: set }, 0)
  for (const outcome of ['done', 'failed']) count('reloads', { gate, subject: 'tls', outcome }, 0)
}
