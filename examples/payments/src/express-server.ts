import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import {
  auditRoutes,
  clientIdentity,
  denyUnmatched,
  requireIdentity,
  requirePermission,
} from '@peergate/express'
import express from 'express'
import { createGates } from './gates.js'
import { findInvoice } from './payments-server.js'
import type { PaymentsServer, StartServer } from './payments-server.js'

export const startExpress: StartServer = async ({ port, onRefused }): Promise<PaymentsServer> => {
  const { tls, gate } = createGates(onRefused)
  const app = express()
  app.use(clientIdentity(gate))
  app.get('/invoices/:id', requirePermission(gate, 'invoice:read'), (req, res) => {
    res.json(findInvoice(req.params.id, requireIdentity(req).value))
  })
  app.put('/invoices/:id', requirePermission(gate, 'invoice:write'), (req, res) => {
    res.json(findInvoice(req.params.id, requireIdentity(req).value))
  })
  app.post('/admin/reindex', requirePermission(gate, 'admin:reindex'), (req, res) => {
    res.json({ reindexing: true, by: requireIdentity(req).value })
  })
  app.use(denyUnmatched(gate))
  auditRoutes(app)

  const server = createServer(tls.serverOptions, app)
  tls.attach(server)
  let connections = 0
  server.on('connection', () => (connections += 1))
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return {
    framework: 'express',
    port: (server.address() as AddressInfo).port,
    countConnections: () => connections,
    inventory: gate.inventory,
    close: async () => {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}
