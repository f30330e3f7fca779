import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { allOf, trustSet } from '@peergate/core'
import {
  authenticated,
  clientIdentity,
  denyUnmatched,
  publicRoute,
  requirePermission,
} from '@peergate/express'
import type { ConformanceTarget } from '@peergate/testkit'
import type express from 'express'
import type { RequestHandler } from 'express'

/** An application with the routes that the conformance suites ask for. */
export function createTarget(createApp: typeof express): ConformanceTarget {
  return {
    protocol: 'http/1.1',
    async start({ tls, gate }, answering) {
      let handled = 0
      const handle: RequestHandler = (req, res) => {
        handled += 1
        res.json(req.clientIdentity)
      }
      const app = createApp()
      app.use(clientIdentity(gate, answering))
      const read = gate.permission('invoice:read')
      const ofPayments = allOf(read, trustSet('payments'))
      app.get('/invoices/:id', requirePermission(gate, read), handle)
      app.post('/invoices', requirePermission(gate, gate.permission('invoice:write')), handle)
      app.get('/payments-only', requirePermission(gate, ofPayments), handle)
      app.get('/me', authenticated(gate), handle)
      app.get('/open', publicRoute(gate), handle)
      app.use(denyUnmatched(gate))
      const server = createServer(tls.serverOptions, app)
      tls.attach(server)
      await once(server.listen(0, '127.0.0.1'), 'listening')
      return {
        port: (server.address() as AddressInfo).port,
        handled: () => handled,
        async close() {
          server.closeAllConnections()
          await once(server.close(), 'close')
        },
      }
    },
  }
}
