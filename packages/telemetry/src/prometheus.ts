import { onGateEvent } from '@peergate/core'
import type { TlsGate } from '@peergate/core'
import { optionError } from '@peergate/core/options'
import { Counter, Gauge, Histogram } from 'prom-client'
import type { OpenMetricsContentType, Registry } from 'prom-client'
import { countsOf, remainingLifetimeOf } from './counts-of.js'
import { readGauges } from './gauge-readings.js'
import type { LedgerLike, Reading } from './gauge-readings.js'
import {
  counters,
  gauges,
  lifetimeBuckets,
  remainingLifetime,
  subscriberFaults,
} from './measurement.js'
import type { CounterName, GaugeName, Labels, Measurement } from './measurement.js'
import { parseMetricsOptions } from './metrics-options.js'
import type { GateMetrics, MetricsOptions } from './metrics-options.js'
import { createSeriesBound } from './series-bound.js'

export type { GateMetrics, LedgerLike, MetricsOptions }

export interface PrometheusMetricsOptions extends MetricsOptions {
  /** Where the metrics are registered. */
  readonly registry: Registry | Registry<OpenMetricsContentType>
}

/**
 * Counts what gates do as metrics of `prom-client`, from now on; gauges are read when `registry` is
 * scraped. `stop` takes the metrics out of the registry.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID, also if the registry has one of the metrics
 *
 * @example
 * ```ts
 * const metrics = createPrometheusMetrics({ registry, tls })
 * ```
 */
export function createPrometheusMetrics(options: PrometheusMetricsOptions): GateMetrics {
  const owner = 'createPrometheusMetrics'
  const { target, tls, ledgers, choice } = parseMetricsOptions<Registry>(
    owner,
    { name: 'registry', methods: ['registerMetric', 'getSingleMetric', 'removeSingleMetric'] },
    options,
  )
  refuseRegistered(owner, target)
  const metrics = registerMetrics(target, {
    read: () => readGauges(tls, ledgers),
    faults: () => lostEvents(),
  })
  for (const { name, mode, trustSets } of tls) metrics.startAtZero({ name, mode, trustSets })

  const subscription = onGateEvent((event) => {
    for (const { counter, labels } of countsOf(event)) metrics.count(counter, labels)
    const remaining = remainingLifetimeOf(event)
    if (remaining !== null) metrics.measure(remaining.labels, remaining.seconds)
  }, choice)
  const lostEvents = () => subscription.faults + subscription.skipped

  return {
    get faults() {
      return lostEvents()
    },
    stop() {
      subscription.stop()
      for (const name of metricNames) target.removeSingleMetric(name)
    },
  }
}

const metricNames: readonly string[] = [
  ...Object.values(counters),
  ...Object.values(gauges),
  remainingLifetime,
  subscriberFaults,
].map(({ prometheus }) => prometheus)

/** Found before anything is registered, so that no half of the metrics is left behind. */
function refuseRegistered(owner: string, registry: Registry): void {
  const name = metricNames.find((known) => registry.getSingleMetric(known) !== undefined)
  if (name === undefined) return
  throw optionError(owner, `option "registry" has a metric ${name} already`)
}

interface RegisteredMetrics {
  readonly count: (counter: CounterName, labels: Labels, by?: number) => void
  readonly measure: (labels: Labels, seconds: number) => void
  readonly startAtZero: (tls: Pick<TlsGate, 'mode' | 'name' | 'trustSets'>) => void
}

function registerMetrics(
  registry: Registry,
  ask: { readonly read: () => readonly Reading[]; readonly faults: () => number },
): RegisteredMetrics {
  const bound = createSeriesBound()
  const counterOf = mapNames(counters, (known) => new Counter(configOf(known, registry)))
  const { prometheus: lifetime } = remainingLifetime
  const histogram = new Histogram({
    ...configOf(remainingLifetime, registry),
    buckets: [...lifetimeBuckets],
  })
  for (const name of Object.keys(gauges) as GaugeName[]) registerGauge(name, registry, ask.read)
  registerFaults(registry, ask.faults)

  function count(counter: CounterName, labels: Labels, by = 1): void {
    counterOf[counter].inc(bound(counter, labels), by)
  }

  return {
    count,
    measure: (labels, seconds) => histogram.observe(bound(lifetime, labels), seconds),
    startAtZero({ name: gate, mode, trustSets }) {
      for (const set of trustSets) count('connectionsAccepted', { gate, mode, trust_set: set }, 0)
      for (const outcome of ['done', 'failed'])
        count('reloads', { gate, subject: 'tls', outcome }, 0)
    },
  }
}

function registerGauge(name: GaugeName, registry: Registry, read: () => readonly Reading[]): void {
  const gauge: Gauge = new Gauge({
    ...configOf(gauges[name], registry),
    collect() {
      // An epoch or a set that is gone is shown no more.
      gauge.reset()
      for (const { gauge: of, labels, value } of read()) if (of === name) gauge.set(labels, value)
    },
  })
}

function registerFaults(registry: Registry, faults: () => number): void {
  const counter: Counter = new Counter({
    ...configOf(subscriberFaults, registry),
    collect() {
      counter.reset()
      counter.inc(faults())
    },
  })
}

function configOf({ prometheus, help, labels }: Measurement, registry: Registry) {
  return { name: prometheus, help, labelNames: [...labels], registers: [registry] }
}

function mapNames<Name extends string, Value>(
  measurements: Readonly<Record<Name, Measurement>>,
  make: (measurement: Measurement) => Value,
): Readonly<Record<Name, Value>> {
  return Object.fromEntries(
    Object.entries<Measurement>(measurements).map(([name, known]) => [name, make(known)]),
  ) as Record<Name, Value>
}
