import { createPrometheusMetrics } from '@peergate/telemetry/prometheus'
import { Registry } from 'prom-client'
import t from 'tap'
import { startService } from './support/gated-service.js'

t.test('counts what the clients did', async (t) => {
  const registry = new Registry()
  const metrics = createPrometheusMetrics({ registry })
  t.teardown(() => metrics.stop())
  const { ask } = await startService(t, { name: 'counted' })
  t.equal(await ask('reader', '/invoices/1'), 200)
  t.match(await registry.metrics(), /peergate_requests_total\{[^}]*identity="accepted"\} 1/u)
})
