import type { AddressInfo } from 'node:net'
import { peergate, requireIdentity } from '@peergate/fastify'
import Fastify from 'fastify'
import { createGates } from './gates.js'
import { findInvoice } from './payments-server.js'
import type { PaymentsServer, StartServer } from './payments-server.js'

export const startFastify: StartServer = async ({ port, onRefused }): Promise<PaymentsServer> => {
  const { tls, gate } = createGates(onRefused)
  const app = Fastify({ https: tls.serverOptions })
  tls.attach(app.server)
  await app.register(peergate, { gate })

  app.get<{ Params: { id: string } }>(
    '/invoices/:id',
    { config: { permission: 'invoice:read' } },
    (request) => findInvoice(request.params.id, requireIdentity(request).value),
  )
  app.put<{ Params: { id: string } }>(
    '/invoices/:id',
    { config: { permission: 'invoice:write' } },
    (request) => findInvoice(request.params.id, requireIdentity(request).value),
  )
  app.post('/admin/reindex', { config: { permission: 'admin:reindex' } }, (request) => ({
    reindexing: true,
    by: requireIdentity(request).value,
  }))

  let connections = 0
  app.server.on('connection', () => (connections += 1))
  await app.listen({ host: '127.0.0.1', port })
  return {
    framework: 'fastify',
    port: (app.server.address() as AddressInfo).port,
    countConnections: () => connections,
    inventory: gate.inventory,
    close: () => app.close(),
  }
}
