import type { PeerRefusal } from '@peergate/core'
import { certPath } from './certs.js'
import { startExpress } from './express-server.js'
import { startFastify } from './fastify-server.js'
import type { PaymentsServer } from './payments-server.js'

const servers = [await startServer(startFastify), await startServer(startExpress)]
console.log('\nPress Ctrl+C to stop.')
process.once('SIGINT', stop)
process.once('SIGTERM', stop)

async function startServer(start: typeof startFastify): Promise<PaymentsServer> {
  const server = await start({ port: 0, onRefused: printRefusal })
  const curl = `curl --cacert ${certPath('server-ca.pem')}`
  const worker = `--cert ${certPath('payments-worker.pem')} --key ${certPath('payments-worker-key.pem')}`
  const base = `https://localhost:${server.port}`
  console.log(`
The payments API on ${server.framework} is up at ${base}; try
  ${curl} ${worker} ${base}/invoices/42
  ${curl} ${worker} -X POST ${base}/admin/reindex
  ${curl} ${base}/invoices/42`)
  return server
}

function printRefusal({ error, reason }: PeerRefusal): void {
  console.log(`refused before HTTP: ${error.code} (${reason ?? error.detail})`)
}

function stop(): void {
  for (const server of servers) void server.close()
}
