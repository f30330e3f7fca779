import { createPrometheusMetrics } from '@peergate/telemetry/prometheus'
import { Registry } from 'prom-client'
import t from 'tap'
import { visitAll } from './support/client-visits.js'
import { startService } from './support/gated-service.js'

for (const mode of ['observe', 'enforce', 'strict'] as const) {
  t.test('counts what the clients did', async (t) => {
    const registry = new Registry()
    const service = await startService(t, { name: mode, mode })
    const metrics = createPrometheusMetrics({ registry, tls: service.tls })
    t.teardown(() => metrics.stop())
    t.strictSame(await visitAll(service, mode), [])
    console.log(await registry.metrics())
  })
}
