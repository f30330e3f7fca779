import type { AddressInfo } from 'node:net'
import { allOf, createPeerGate, createTlsGate, socketSource, spiffe, when } from '@peergate/core'
import type { ClientIdentity } from '@peergate/core'
import { peergate } from '@peergate/fastify'
import Fastify from 'fastify'
import type { FastifyRequest } from 'fastify'
import { clientCa, server } from './pki.js'
import { policy } from './policy.js'

export interface Service {
  readonly port: number
  /** Why the last request was answered with 403, for the log of the operator. */
  readonly explainLast: () => string
  readonly close: () => Promise<void>
}

/** The invoices of every tenant, behind one service. */
export async function startService(): Promise<Service> {
  const tls = createTlsGate({
    server: { cert: server.certificate, key: server.key },
    clientCas: { clients: clientCa },
  })
  const gate = createPeerGate({
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy,
    findings: 'error',
  })
  const read = gate.permission('invoice:read')
  const write = gate.permission('invoice:write')

  const app = Fastify({ https: tls.serverOptions })
  tls.attach(app.server)
  await app.register(peergate, { gate })
  app.get('/tenants/:tenant/invoices/:id', { config: { permission: read } }, answer)
  app.post('/tenants/:tenant/invoices', { config: { permission: write } }, answer)
  const removal = allOf(write, when(isDraft))
  app.delete('/tenants/:tenant/invoices/:id', { config: { permission: removal } }, answer)

  let explanation = ''
  app.addHook('onResponse', async (request, reply) => {
    const { clientIdentity, params, routeOptions } = request
    const { permission } = routeOptions.config
    if (reply.statusCode !== 403 || clientIdentity === null || permission === undefined) return
    explanation = gate.explain(clientIdentity, permission, params).text
  })

  await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    port: (app.server.address() as AddressInfo).port,
    explainLast: () => explanation,
    close: () => app.close(),
  }
}

interface InvoiceRoute {
  readonly Params: { readonly tenant: string; readonly id?: string }
}

function answer({ clientIdentity, params }: FastifyRequest<InvoiceRoute>) {
  return { ...params, by: clientIdentity?.value }
}

/** What no grant can say: an invoice that was sent is not deleted, and where it is looked up takes time. */
async function isDraft(
  _identity: ClientIdentity,
  { params: { tenant, id } }: FastifyRequest<InvoiceRoute>,
): Promise<boolean> {
  return drafts.has(`${tenant}/${id}`)
}

const drafts = new Set(['acme/7', 'umbra/7'])
