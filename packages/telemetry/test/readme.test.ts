import { readFileSync } from 'node:fs'
import {
  counters,
  gauges,
  lifetimeBuckets,
  remainingLifetime,
  subscriberFaults,
} from '#telemetry/measurement.js'
import type { Measurement } from '#telemetry/measurement.js'
import { createPrometheusMetrics } from '@peergate/telemetry/prometheus'
import { Registry } from 'prom-client'
import t from 'tap'

const measurements = [
  ...Object.values(counters),
  remainingLifetime,
  ...Object.values(gauges),
  subscriberFaults,
]

t.test('the README has a table of the metrics that the code has', async (t) => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const [, shown = ''] = /<!-- metrics -->\n(.*)<!-- \/metrics -->/su.exec(readme) ?? []
  const cells = shown
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  t.strictSame(cells, measurements.map(rowOf))
})

t.test('registers the metrics of the table, and no others', async (t) => {
  const registry = new Registry()
  const metrics = createPrometheusMetrics({ registry })
  t.teardown(() => metrics.stop())
  const registered = registry.getMetricsAsArray().map(({ name, help }) => [name, help])
  t.strictSame(
    Object.fromEntries(registered),
    Object.fromEntries(measurements.map(({ prometheus, help }) => [prometheus, help])),
  )
})

t.test('names each metric so that the exporter of OpenTelemetry gives it its name', async (t) => {
  const monotonic = new Set<Measurement>([...Object.values(counters), subscriberFaults])
  for (const measurement of measurements) {
    const { prometheus, opentelemetry, unit } = measurement
    const suffix = `${unit === 's' ? '_seconds' : ''}${monotonic.has(measurement) ? '_total' : ''}`
    t.equal(opentelemetry.replaceAll('.', '_') + suffix, prometheus)
  }
})

t.test('has the buckets of the Kubernetes API server', async (t) => {
  const [minute, hour, day] = [60, 3600, 86_400]
  t.strictSame(lifetimeBuckets, [
    0,
    30 * minute,
    ...[1, 2, 6, 12].map((hours) => hours * hour),
    ...[1, 2, 4, 7, 30, 90, 180, 360].map((days) => days * day),
  ])
})

function rowOf({ prometheus, opentelemetry, labels, help }: Measurement): readonly string[] {
  const listed = labels.map((label) => `\`${label}\``).join(', ')
  return [`\`${prometheus}\``, `\`${opentelemetry}\``, listed, help]
}
