import { once } from 'node:events'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { onGateEvent } from '@peergate/core'
import { logGateEvents } from '@peergate/telemetry/log'
import type { LoggerLike } from '@peergate/telemetry/log'
import { createOpenTelemetryMetrics } from '@peergate/telemetry/opentelemetry'
import { createPrometheusMetrics } from '@peergate/telemetry/prometheus'
import { Counter, Registry } from 'prom-client'
import t from 'tap'
import type { Test } from 'tap'
import { visitAll } from './support/client-visits.js'
import { startService } from './support/gated-service.js'
import type { GatedService } from './support/gated-service.js'

interface Harmful {
  readonly faults: number
  readonly stop: () => void
}

const fail = () => {
  throw new Error('the disk is full')
}

const createCounter = () => ({ add: fail })

const loggerOf = (write: () => unknown): LoggerLike => ({ info: write, warn: write, error: write })

/** Every subscriber that does what it should not. */
const harmful: Readonly<Record<string, (service: GatedService) => Harmful>> = {
  'a registry whose counters throw'() {
    const registry = new Registry()
    const metrics = createPrometheusMetrics({ registry })
    for (const metric of registry.getMetricsAsArray()) {
      const counter = registry.getSingleMetric(metric.name)
      if (counter instanceof Counter) counter.inc = fail
    }
    return metrics
  },
  'a meter whose counters throw'() {
    const meter = new MeterProvider().getMeter('test')
    const throwing = Object.assign(Object.create(meter) as typeof meter, { createCounter })
    return createOpenTelemetryMetrics({ meter: throwing })
  },
  'a logger that throws': () => logGateEvents(loggerOf(fail)),
  'a logger that rejects': () => logGateEvents(loggerOf(async () => fail())),
}

for (const [name, subscribe] of Object.entries(harmful)) {
  for (const mode of ['observe', 'enforce', 'strict'] as const) {
    t.test(`${name} changes no answer in the mode ${mode}`, async (t) => {
      const service = await startService(t, { name: mode, mode })
      const warned = nextWarning('PEERGATE_SUBSCRIBER_THREW')
      const subscription = subscribe(service)
      t.teardown(() => subscription.stop())
      await visitAll(t, service, mode)
      t.match(await warned, /a subscriber of gate events threw.*the disk is full/u)
      t.ok(subscription.faults > 0)
    })
  }
}

t.test(
  'a subscriber that asks the gate again and again is not told of what it causes',
  async (t) => {
    const flood = { name: 'flood', calls: 0 }
    const service = await startService(t, { name: flood.name })
    const guard = service.gate.guard(service.gate.permission('invoice:read'))
    const subscription = logGateEvents(
      loggerOf(() => {
        flood.calls += 1
        for (let index = 0; index < 100; index += 1) {
          const request = { socket: {} }
          void guard(service.gate.admit(request), request)
        }
      }),
      { gate: flood.name },
    )
    t.teardown(() => subscription.stop())
    const events = countEvents(t, flood.name)
    await visitAll(t, service, 'strict')
    t.equal(subscription.faults, 0)
    t.equal(subscription.skipped, flood.calls * 100)
    t.equal(events.count, flood.calls * 101)
  },
)

t.test('a subscriber that identifies the sender again changes no answer', async (t) => {
  const service = await startService(t, { name: 'again' })
  const subscription = onGateEvent(() => service.gate.identify({ socket: {} }), { gate: 'again' })
  t.teardown(() => subscription.stop())
  const warned = nextWarning('PEERGATE_SUBSCRIBER_THREW')
  await visitAll(t, service, 'strict')
  t.match(await warned, /a mutual-TLS connection is required/u)
  t.ok(subscription.faults > 0)
})

t.test('metrics say how many events they miss', async (t) => {
  const registry = new Registry()
  const metrics = createPrometheusMetrics({ registry })
  t.teardown(() => metrics.stop())
  const requests = registry.getSingleMetric('peergate_requests_total') as Counter
  requests.inc = fail
  const { ask } = await startService(t, { name: 'missing' })
  await ask('reader', '/open')
  const text = await registry.getSingleMetricAsString('peergate_subscriber_faults_total')
  t.match(text, 'peergate_subscriber_faults_total 1')
})

t.test('a registry that throws is told to whoever makes the metrics', async (t) => {
  const registry = new Registry()
  registry.registerMetric = fail
  t.throws(() => createPrometheusMetrics({ registry }), { message: 'the disk is full' })
  const { ask } = await startService(t, { name: 'unmade' })
  t.equal(await ask('reader', '/open'), 200)
})

async function nextWarning(code: string): Promise<string> {
  for (;;) {
    const [warning] = (await once(process, 'warning')) as [Error & { readonly code?: string }]
    if (warning.code === code) return warning.message
  }
}

/** How many events of a gate there are, those among them that a subscriber causes. */
function countEvents(t: Test, gate: string) {
  const counted = { count: 0 }
  const subscription = onGateEvent(() => (counted.count += 1), { gate })
  t.teardown(() => subscription.stop())
  return counted
}
