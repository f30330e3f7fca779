import type { Meter } from '@opentelemetry/api'
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
import type { Measurement } from './measurement.js'
import { parseMetricsOptions } from './metrics-options.js'
import type { GateMetrics, MetricsOptions } from './metrics-options.js'

export { spanAttributesOf } from './span-attributes.js'
export { setSpanAttributes, traceGateEvents } from './trace-gate-events.js'
export type { GateMetrics, LedgerLike, MetricsOptions }

export interface OpenTelemetryMetricsOptions extends MetricsOptions {
  readonly meter: Meter
}

/**
 * Counts what gates do by instruments of OpenTelemetry, from now on; gauges are read when metrics are
 * collected. `stop` ends both.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const metrics = createOpenTelemetryMetrics({ meter: api.metrics.getMeter('invoices'), tls })
 * ```
 */
export function createOpenTelemetryMetrics(options: OpenTelemetryMetricsOptions): GateMetrics {
  const parsed = parseMetricsOptions<Meter>('createOpenTelemetryMetrics', meterOption, options)
  const { target: meter, tls, ledgers, choice } = parsed
  const gaugeReader = createGaugeReader(tls, ledgers)
  const measured = measureEvents(createInstruments(meter), tls, choice)
  const stopReading = observe(meter, gaugeReader.read, () => metrics.faults)
  const metrics: GateMetrics = {
    get faults() {
      return measured.faults + gaugeReader.faults
    },
    stop() {
      measured.stop()
      stopReading()
    },
  }
  return metrics
}

const meterOption = {
  name: 'meter',
  methods: [
    'createCounter',
    'createHistogram',
    'createObservableCounter',
    'createObservableGauge',
    'addBatchObservableCallback',
    'removeBatchObservableCallback',
  ],
}

function createInstruments(meter: Meter): Instruments {
  const counterOf = new Map(
    Object.entries(counters).map(([name, known]) => [
      name,
      meter.createCounter(known.opentelemetry, describe(known)),
    ]),
  )
  const lifetime = meter.createHistogram(remainingLifetime.opentelemetry, {
    ...describe(remainingLifetime),
    advice: { explicitBucketBoundaries: [...lifetimeBuckets] },
  })
  return {
    count: (counter, labels, by) => counterOf.get(counter)?.add(by, labels),
    measureLifetime: (labels, seconds) => lifetime.record(seconds, labels),
  }
}

/** Gives what ends it. */
function observe(meter: Meter, read: () => readonly Reading[], faults: () => number): () => void {
  const gaugeOf = new Map(
    Object.entries(gauges).map(([name, known]) => [
      name,
      meter.createObservableGauge(known.opentelemetry, describe(known)),
    ]),
  )
  const { opentelemetry: name } = subscriberFaults
  const lost = meter.createObservableCounter(name, describe(subscriberFaults))
  const all = [...gaugeOf.values(), lost]
  const callback: Parameters<Meter['addBatchObservableCallback']>[0] = (result) => {
    for (const { gauge, labels, value } of read()) {
      const instrument = gaugeOf.get(gauge)
      if (instrument !== undefined) result.observe(instrument, value, labels)
    }
    result.observe(lost, faults())
  }
  meter.addBatchObservableCallback(callback, all)
  return () => meter.removeBatchObservableCallback(callback, all)
}

function describe({ help, unit }: Measurement) {
  return { description: help, unit }
}
