import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createPeerGate, createTlsGate, definePolicy, socketSource, spiffe } from '@peergate/core'
import type { Authorize, PeerGateError } from '@peergate/core'
import {
  clientIdentity,
  denyUnmatched,
  requireIdentity,
  requirePermission,
} from '@peergate/express'
import express from 'express'
import type { RequestHandler } from 'express'
import { clientCa, server } from './pki.js'

export interface Service {
  readonly port: number
  readonly close: () => Promise<void>
}

/** The vocabulary, and what is denied whatever the engine says. */
const policy = definePolicy({
  identity: 'spiffe',
  permissions: {
    'invoice:read': 'Read an invoice',
    'invoice:create': 'Create an invoice of a tenant',
    'invoice:delete': 'Delete an invoice that was not sent',
  },
  grants: [
    {
      identity: 'spiffe://prod.example/tenants/acme/sa/leaked',
      deny: ['invoice:read', 'invoice:create', 'invoice:delete'],
    },
  ],
})

/** The invoices of every tenant, behind one service that asks `authorize` of each request. */
export async function startService(
  authorize: Authorize,
  onFault: (error: PeerGateError) => void,
): Promise<Service> {
  const tls = createTlsGate({
    server: { cert: server.certificate, key: server.key },
    clientCas: { clients: clientCa },
  })
  const gate = createPeerGate({
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy,
    authorize,
    authorizeWithin: 0.5,
    onFault,
    findings: 'error',
  })

  const app = express()
  app.use(clientIdentity(gate))
  const needs = (tag: (typeof policy.permissions)[number]) =>
    requirePermission(gate, gate.permission(tag))
  app.get('/tenants/:tenant/invoices/:id', needs('invoice:read'), answer)
  app.post('/tenants/:tenant/invoices', needs('invoice:create'), answer)
  app.delete('/tenants/:tenant/invoices/:id', needs('invoice:delete'), answer)
  app.use(denyUnmatched(gate))

  const listener = createServer(tls.serverOptions, app)
  tls.attach(listener)
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    close: async () => {
      listener.closeAllConnections()
      await once(listener.close(), 'close')
    },
  }
}

const answer: RequestHandler = (req, res) => {
  res.json({ ...req.params, by: requireIdentity(req).value })
}
