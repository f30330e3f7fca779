// A service of its own process, in which nothing but Node’s own rules says what ends it. It prints the
// statuses of three requests.
import { logGateEvents } from '@peergate/telemetry/log'
import { createPrometheusMetrics } from '@peergate/telemetry/prometheus'
import { Counter, Registry } from 'prom-client'
import { startService } from './gated-service.js'

const fail = () => {
  throw new Error('the disk is full')
}
const reject = async () => fail()

const teardowns: (() => unknown)[] = []
const teardown = (end: () => unknown) => void teardowns.push(end)
const { ask } = await startService(
  { teardown },
  {
    name: 'process',
  },
)

const registry = new Registry()
createPrometheusMetrics({ registry })
const requests = registry.getSingleMetric('peergate_requests_total')
if (requests instanceof Counter) requests.inc = fail
logGateEvents({ info: fail, warn: fail, error: fail })
logGateEvents({ info: reject, warn: reject, error: reject })

const statuses = [
  await ask('reader', '/invoices/1'),
  await ask('reader', '/invoices/1/edit'),
  await ask('nameless', '/invoices/1'),
]
process.stdout.write(JSON.stringify(statuses))
for (const end of teardowns) await end()
