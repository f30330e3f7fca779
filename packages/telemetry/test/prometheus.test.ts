import { X509Certificate } from 'node:crypto'
import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gateChannels, publicRoute } from '@peergate/core'
import type { TlsGate } from '@peergate/core'
import { createPrometheusMetrics } from '@peergate/telemetry/prometheus'
import type { PrometheusMetricsOptions } from '@peergate/telemetry/prometheus'
import { Registry } from 'prom-client'
import type { OpenMetricsContentType } from 'prom-client'
import t from 'tap'
import type { Test } from 'tap'
import { expectedCounts, visitAll } from './support/client-visits.js'
import { recordEvents } from './support/event-log.js'
import { hostOptions, leaves, pki, startService } from './support/gated-service.js'
import { startMeshService } from './support/mesh-service.js'
import { countsIn, valuesOf } from './support/prometheus-values.js'

const registryOf = (t: Test, options: Omit<PrometheusMetricsOptions, 'registry'> = {}) => {
  const registry = new Registry()
  const metrics = createPrometheusMetrics({ registry, ...options })
  t.teardown(() => metrics.stop())
  return { registry, metrics }
}

const { fingerprint256: readerFingerprint } = new X509Certificate(leaves.reader.certificate)

for (const mode of ['observe', 'enforce', 'strict'] as const) {
  t.test(`counts in the mode ${mode} what the clients did, layer by layer`, async (t) => {
    const service = await startService(t, { name: mode, mode })
    const { registry, metrics } = registryOf(t, { tls: service.tls, gate: mode })
    await visitAll(t, service, mode)
    t.strictSame(await countsIn(registry), expectedCounts(mode))
    t.equal(metrics.faults, 0)
  })
}

t.test('observes how long the certificate of each request has left', async (t) => {
  const { ask } = await startService(t, { name: 'lifetimes' })
  const { registry } = registryOf(t)
  await ask('reader', '/invoices/1')
  const text = await registry.getSingleMetricAsString(
    'peergate_client_certificate_remaining_seconds',
  )
  const series = '{le="604800",gate="lifetimes",trust_set="payments"}'
  t.match(text, `peergate_client_certificate_remaining_seconds_bucket${series} 0\n`)
  t.match(text, `${series.replace('604800', '2592000')} 1\n`)
})

t.test('counts under no set whose set cannot be told', async (t) => {
  const { ask } = await startService(t, { name: 'untold' })
  const { registry } = registryOf(t)
  t.equal(await ask('chained', '/invoices/1'), 200)
  t.strictSame(await countsIn(registry), {
    'connections_accepted ': 1,
    'requests accepted': 1,
    'permissions_allowed invoice:read GET /invoices/:id': 1,
  })
  t.match(
    await registry.metrics(),
    'peergate_client_certificate_remaining_seconds_count{gate="untold",trust_set=""} 1',
  )
})

t.test('counts identities that a proxy asserts, of which nothing says when they end', async (t) => {
  const ask = await startMeshService(t, 'mesh')
  const { registry } = registryOf(t)
  t.equal(await ask(), 'true')
  t.strictSame(await countsIn(registry), {
    'requests accepted': 1,
    'permissions_allowed invoice:read ': 1,
  })
  t.notMatch(await registry.metrics(), 'remaining_seconds_count')
})

t.test('shows counters of the same names in the format OpenMetrics', async (t) => {
  const { ask } = await startService(t, { name: 'open' })
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  const metrics = createPrometheusMetrics({ registry })
  t.teardown(() => metrics.stop())
  await ask('reader', '/open')
  const line = 'peergate_requests_total{gate="open",mode="strict",identity="accepted"} 1'
  t.match(await registry.metrics(), line)
  metrics.stop()
  t.strictSame(registry.getMetricsAsArray(), [])
})

t.test('reads gauges at every scrape', async (t) => {
  const list = await pki.revocationList({ issuer: 'client-ca', serialNumbers: [] })
  const anchors = hostOptions.clientCas['payments'] as string
  const clientCas = { payments: { anchors, revocation: { lists: list.der } } }
  const { tls, open } = await startService(t, { name: 'gauges', host: { clientCas } })
  const ledger = { gate: 'gauges', verdict: () => ({ ready: 'unknown' as const }) }
  const { registry } = registryOf(t, { tls: [tls], ledgers: [ledger] })
  const client = open('reader')
  await client.request('GET', '/open')
  const { authorities, revocationLists } = tls.status()

  t.strictSame(await valuesOf(registry, 'peergate_live_connections'), { live_connections: 1 })
  t.strictSame(await valuesOf(registry, 'peergate_rollout_ready'), { rollout_ready: -1 })
  t.strictSame(await valuesOf(registry, 'peergate_authority_expiry_timestamp_seconds'), {
    'authority_expiry_timestamp_seconds payments anchor': Number(authorities[0]?.notAfter) / 1000,
  })
  t.strictSame(await valuesOf(registry, 'peergate_revocation_list_next_update_timestamp_seconds'), {
    'revocation_list_next_update_timestamp_seconds payments':
      Number(revocationLists[0]?.nextUpdate) / 1000,
  })

  const before = tls.epoch
  t.match(await registry.getSingleMetricAsString('peergate_trust_epoch_info'), before)
  tls.setDenylist({ fingerprints: [readerFingerprint] })
  const epochs = await registry.getSingleMetricAsString('peergate_trust_epoch_info')
  t.match(epochs, `peergate_trust_epoch_info{gate="gauges",epoch="${tls.epoch}"} 1`)
  t.notMatch(epochs, before)
  t.strictSame(await valuesOf(registry, 'peergate_connections_closed_total'), {
    'connections_closed ERR_PEERGATE_CERTIFICATE_REVOKED true': 1,
  })
})

t.test('shows the earliest of several authorities, and each verdict', async (t) => {
  const sooner = pki.authority('batch-ca').certificate
  const later = pki.authority('client-ca').certificate
  for (const payments of [later + sooner, sooner + later]) {
    const { tls } = await startService(t, { name: 'earliest', host: { clientCas: { payments } } })
    const ledgers = (['yes', 'no'] as const).map((ready) => ({
      gate: ready,
      verdict: () => ({ ready }),
    }))
    const { registry, metrics } = registryOf(t, { tls, ledgers })
    const notAfter = Math.min(...tls.status().authorities.map((authority) => authority.notAfter))
    t.strictSame(await valuesOf(registry, 'peergate_authority_expiry_timestamp_seconds'), {
      'authority_expiry_timestamp_seconds payments anchor': notAfter / 1000,
    })
    const verdicts = await registry.getSingleMetricAsString('peergate_rollout_ready')
    t.match(verdicts, 'peergate_rollout_ready{gate="yes"} 1')
    t.match(verdicts, 'peergate_rollout_ready{gate="no"} 0')
    metrics.stop()
  }
})

t.test('reads each ledger once for a scrape, and shows the rest where one throws', async (t) => {
  let reads = 0
  const verdict = () => {
    reads += 1
    return { ready: 'yes' as const }
  }
  const broken = {
    gate: 'broken',
    verdict(): never {
      throw new Error('boom')
    },
  }
  const { registry, metrics } = registryOf(t, {
    ledgers: [broken, { gate: 'sound', verdict }],
  })
  const warned = once(process, 'warning')
  const text = await registry.metrics()
  t.equal(reads, 1)
  t.match(text, 'peergate_rollout_ready{gate="sound"} 1')
  t.notMatch(text, 'peergate_rollout_ready{gate="broken"}')
  t.match(text, 'peergate_subscriber_faults_total 1\n')
  t.match(await warned, [
    { code: 'PEERGATE_GAUGE_THREW', message: /^a gauge could not be read: Error: boom/u },
  ])
  t.match(await registry.metrics(), 'peergate_subscriber_faults_total 2\n')
  t.equal(reads, 2)
  t.equal(metrics.faults, 2)
})

t.test('observes no certificate that has less than nothing left', async (t) => {
  const log = recordEvents(t, 'ended')
  const { ask } = await startService(t, { name: 'ended' })
  const { registry } = registryOf(t)
  await ask('reader', '/invoices/1')
  const event = await log.first('identity-accepted')
  registry.resetMetrics()
  const identity = { ...event.identity, notAfter: event.time - 5000 }
  channel(gateChannels['identity-accepted']).publish({ ...event, identity })
  const metric = 'peergate_client_certificate_remaining_seconds'
  const text = await registry.getSingleMetricAsString(metric)
  t.match(text, `${metric}_bucket{le="0",gate="ended",trust_set="payments"} 1\n`)
  t.match(text, `${metric}_sum{gate="ended",trust_set="payments"} 0\n`)
})

t.test('counts reloads by what came of them', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'peergate-telemetry-'))
  t.teardown(async () => rm(folder, { recursive: true }))
  const path = join(folder, 'payments-ca.pem')
  await writeFile(path, pki.authority('client-ca').certificate)
  const log = recordEvents(t, 'reloads')
  const { tls } = await startService(t, {
    name: 'reloads',
    host: { clientCas: { payments: path } },
    rules: { reload: { every: 0.05 } },
  })
  const { registry } = registryOf(t, { tls })
  await tls.reload()
  await writeFile(path, 'nothing')
  await log.first('reload-failed')
  t.strictSame(await valuesOf(registry, 'peergate_reloads_total'), {
    'reloads tls done': 1,
    'reloads tls failed': 1,
  })
})

t.test('counts together what comes after a thousand series', async (t) => {
  const { ask } = await startService(t, {
    name: 'bounded',
    prepare(app, { gate }) {
      const guard = gate.guard(gate.permission('invoice:read'))
      app.get('/flood', { config: { permission: publicRoute } }, async ({ raw }) => {
        for (let index = 0; index < 1100; index += 1) {
          const route = `GET /${index}/${'x'.repeat(300)}`
          await guard(gate.admit(raw), raw, {}, () => ({ raw, route }))
        }
        return 'flooded'
      })
    },
  })
  const { registry } = registryOf(t)
  t.equal(await ask('reader', '/flood'), 200)
  const allowed = await valuesOf(registry, 'peergate_permissions_allowed_total')
  t.equal(Object.keys(allowed).length, 1001)
  // The route /flood itself is one of the thousand.
  t.equal(allowed['permissions_allowed other other'], 101)
  const longest = Math.max(...Object.keys(allowed).map((labels) => labels.length))
  t.equal(longest, 'permissions_allowed invoice:read '.length + 257)
})

t.test(
  'keeps identities, fingerprints, addresses and server names out of all labels',
  async (t) => {
    const service = await startService(t, { name: 'private', mode: 'enforce' })
    const { registry } = registryOf(t, { tls: service.tls })
    await visitAll(t, service, 'enforce')
    const text = await registry.metrics()
    for (const secret of ['spiffe://', 'CN=', readerFingerprint, '127.0.0.1', '"localhost"']) {
      t.notOk(text.includes(secret), secret)
    }
  },
)

t.test('takes the metrics out of the registry when it stops', async (t) => {
  const { ask } = await startService(t, { name: 'stopped' })
  const { registry, metrics } = registryOf(t)
  metrics.stop()
  t.strictSame(registry.getMetricsAsArray(), [])
  const again = createPrometheusMetrics({ registry })
  t.teardown(() => again.stop())
  await ask('reader', '/open')
  t.strictSame(await valuesOf(registry, 'peergate_requests_total'), { 'requests accepted': 1 })
})

t.test('counts the events of one gate alone where its name is given', async (t) => {
  const { ask } = await startService(t, { name: 'ours' })
  const { registry } = registryOf(t, { gate: 'theirs' })
  await ask('reader', '/open')
  t.strictSame(await countsIn(registry), {})
})

t.test('refuses options that it cannot keep', async (t) => {
  const { tls } = await startService(t, { name: 'twin' })
  const { registry } = registryOf(t)
  const ledger = { gate: 'twin', verdict: () => ({ ready: 'yes' as const }) }
  const refused = (options: unknown, message: string) =>
    t.throws(() => createPrometheusMetrics(options as PrometheusMetricsOptions), {
      code: 'ERR_PEERGATE_OPTION_INVALID',
      message: new RegExp(message, 'u'),
    })
  refused({ registry }, 'has a metric peergate_connections_accepted_total already')
  refused({ registry: {} }, 'option "registry" must have the methods registerMetric')
  refused({ registry: null }, 'option "registry" must have the methods registerMetric')
  const other = new Registry()
  refused({ registry: other, tls: [tls, tls] }, 'option "tls" has two of the name "twin"')
  refused({ registry: other, ledgers: [ledger, ledger] }, 'option "ledgers" has two of the name')
  refused({ registry: other, tls: {} as TlsGate }, 'option "tls" must be made by createTlsGate')
  refused({ registry: other, tls: [{}] }, 'must be made by createTlsGate')
  refused({ registry: other, ledgers: [{}] }, 'must have the methods verdict')
  refused({ registry: other, gate: '' }, 'option "gate" must not be empty')
  refused({ registry: other, gates: 'x' }, 'option "gates" is not known; did you mean "gate"')
})
