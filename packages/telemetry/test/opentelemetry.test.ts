import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import type { Histogram, MetricData } from '@opentelemetry/sdk-metrics'
import { createOpenTelemetryMetrics } from '@peergate/telemetry/opentelemetry'
import type { OpenTelemetryMetricsOptions } from '@peergate/telemetry/opentelemetry'
import t from 'tap'
import type { Test } from 'tap'
import { expectedCounts, visitAll } from './support/client-visits.js'
import { pki, startService } from './support/gated-service.js'
import { textOfLabels } from './support/prometheus-values.js'

/** Metrics in the real SDK, and what it exports. */
function meterOf(t: Test, options: Omit<OpenTelemetryMetricsOptions, 'meter'> = {}) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  t.teardown(async () => provider.shutdown())
  const metrics = createOpenTelemetryMetrics({ meter: provider.getMeter('test'), ...options })
  t.teardown(() => metrics.stop())
  async function exported(): Promise<readonly MetricData[]> {
    exporter.reset()
    await provider.forceFlush()
    return exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics[0]?.metrics ?? [])
  }
  const metricOf = async (name: string) =>
    (await exported()).find(({ descriptor }) => descriptor.name === name)
  return { metrics, exported, metricOf }
}

function valuesOf(metric: MetricData | undefined): Readonly<Record<string, number>> {
  return Object.fromEntries(
    (metric?.dataPoints ?? []).map(({ attributes, value }) => [
      textOfLabels(metric?.descriptor.name ?? '', attributes as Record<string, string>),
      value as number,
    ]),
  )
}

for (const mode of ['observe', 'enforce', 'strict'] as const) {
  t.test(`counts in the mode ${mode} what the clients did, layer by layer`, async (t) => {
    const service = await startService(t, { name: mode, mode })
    const { metrics, exported } = meterOf(t, { tls: service.tls, gate: mode })
    await visitAll(t, service, mode)
    const counters = (await exported()).filter(
      ({ dataPointType, descriptor }) =>
        dataPointType === DataPointType.SUM && !descriptor.name.includes('subscriber'),
    )
    t.strictSame(Object.assign({}, ...counters.map(valuesOf)), expectedCounts(mode))
    t.equal(metrics.faults, 0)
  })
}

t.test('measures how long the certificate of each request has left', async (t) => {
  const { ask } = await startService(t, { name: 'lifetimes' })
  const { metricOf } = meterOf(t)
  await ask('reader', '/invoices/1')
  const metric = await metricOf('peergate.client_certificate.remaining')
  const histogram = metric?.dataPoints[0]?.value as Histogram | undefined
  const { boundaries, counts } = histogram?.buckets ?? { boundaries: [], counts: [] }
  t.equal(metric?.descriptor.unit, 's')
  // The last bucket is without a bound.
  t.equal(boundaries[counts.indexOf(1)], 2_592_000)
})

t.test('reads gauges when metrics are collected, until it stops', async (t) => {
  const list = await pki.revocationList({ issuer: 'client-ca', serialNumbers: [] })
  const anchors = pki.authority('client-ca').certificate
  const clientCas = { payments: { anchors, revocation: { lists: list.der } } }
  const { tls, open } = await startService(t, { name: 'gauges', host: { clientCas } })
  let reads = 0
  const verdict = () => {
    reads += 1
    return { ready: 'yes' as const }
  }
  const ledgers = [{ gate: 'gauges', verdict }]
  const { metrics, metricOf, exported } = meterOf(t, { tls, ledgers })
  await open('reader').request('GET', '/open')
  const { authorities, revocationLists } = tls.status()
  const shown = async (name: string) => Object.values(valuesOf(await metricOf(name)))
  t.strictSame(await shown('peergate.live_connections'), [1])
  t.strictSame(await shown('peergate.rollout.ready'), [1])
  t.strictSame(await shown('peergate.subscriber.faults'), [0])
  t.strictSame(await shown('peergate.authority.expiry_timestamp'), [
    Number(authorities[0]?.notAfter) / 1000,
  ])
  t.strictSame(await shown('peergate.revocation_list.next_update_timestamp'), [
    Number(revocationLists[0]?.nextUpdate) / 1000,
  ])
  const epoch = await metricOf('peergate.trust_epoch.info')
  t.strictSame(epoch?.dataPoints[0]?.attributes, { gate: 'gauges', epoch: tls.epoch })

  metrics.stop()
  const readBefore = reads
  await exported()
  t.equal(reads, readBefore)
})

t.test('refuses options that it cannot keep', async (t) => {
  const invalid = { code: 'ERR_PEERGATE_OPTION_INVALID' }
  t.throws(() => createOpenTelemetryMetrics({} as never), {
    ...invalid,
    message: /option "meter" must have the methods createCounter/u,
  })
})
