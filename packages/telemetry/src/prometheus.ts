import { optionError } from '@peergate/core/options'
import { Counter, Gauge, Histogram } from 'prom-client'
import type { OpenMetricsContentType, Registry } from 'prom-client'
import { createGaugeReader } from './gauge-readings.js'
import type { LedgerLike, Reading } from './gauge-readings.js'
import { measureEvents } from './measure-events.js'
import type { Instruments } from './measure-events.js'
import {
  counters,
  gauges,
  lifetimeBuckets,
  remainingLifetime,
  subscriberFaults,
} from './measurement.js'
import type { GaugeName, Measurement } from './measurement.js'
import { parseMetricsOptions } from './metrics-options.js'
import type { GateMetrics, MetricsOptions } from './metrics-options.js'

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
 * const registry = new Registry()
 * const metrics = createPrometheusMetrics({ registry, tls })
 * ```
 */
export function createPrometheusMetrics(options: PrometheusMetricsOptions): GateMetrics {
  const owner = 'createPrometheusMetrics'
  const parsed = parseMetricsOptions<Registry>(owner, registryOption, options)
  const { target: registry, tls, ledgers, choice } = parsed
  refuseRegistered(owner, registry)
  const instruments = registerInstruments(registry)
  const gaugeReader = createGaugeReader(tls, ledgers)
  registerGauges(registry, oncePerTurn(gaugeReader.read))
  registerFaults(registry, () => metrics.faults)
  const measured = measureEvents(instruments, tls, choice)
  const metrics: GateMetrics = {
    get faults() {
      return measured.faults + gaugeReader.faults
    },
    stop() {
      measured.stop()
      for (const name of metricNames) registry.removeSingleMetric(name)
    },
  }
  return metrics
}

const registryOption = {
  name: 'registry',
  methods: ['registerMetric', 'getSingleMetric', 'removeSingleMetric'],
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

function registerInstruments(registry: Registry): Instruments {
  const counterOf = new Map(
    Object.entries(counters).map(([name, known]) => [name, new Counter(configOf(known, registry))]),
  )
  const buckets = [...lifetimeBuckets]
  const lifetime = new Histogram({ ...configOf(remainingLifetime, registry), buckets })
  return {
    count: (counter, labels, by) => counterOf.get(counter)?.inc(labels, by),
    measureLifetime: (labels, seconds) => lifetime.observe(labels, seconds),
  }
}

function registerGauges(registry: Registry, read: () => readonly Reading[]): void {
  for (const name of Object.keys(gauges) as GaugeName[]) {
    const gauge: Gauge = new Gauge({
      ...configOf(gauges[name], registry),
      collect() {
        // An epoch or a set that is gone is shown no more.
        gauge.reset()
        for (const { gauge: of, labels, value } of read()) if (of === name) gauge.set(labels, value)
      },
    })
  }
}

/** The gauges of one scrape are collected in one turn of the event loop, one after the other. */
function oncePerTurn(read: () => readonly Reading[]): () => readonly Reading[] {
  let readings: readonly Reading[] | null = null
  return () => {
    if (readings === null) queueMicrotask(() => (readings = null))
    return (readings ??= read())
  }
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
