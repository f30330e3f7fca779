import type { AddressInfo } from 'node:net'
import {
  createPeerGate,
  createRolloutLedger,
  createTlsGate,
  definePolicy,
  socketSource,
  spiffe,
} from '@peergate/core'
import type { Policy, RolloutLedger, RolloutMode } from '@peergate/core'
import { peergate } from '@peergate/fastify'
import fastify from 'fastify'
import { clientCa, revoked, server } from './pki.js'

export interface Service {
  readonly port: number
  readonly ledger: RolloutLedger
  readonly grantTo: (readers: readonly string[]) => void
  readonly close: () => Promise<void>
}

/** For how long nobody may have been refused, in seconds. Days, where it is no example. */
export const windowOfLedger = 1

/** Starts the service; `mode` is all that changes from one stage of the rollout to the next. */
export async function startService(
  mode: RolloutMode,
  readers: readonly string[],
): Promise<Service> {
  const tls = createTlsGate({
    name: 'invoices',
    mode,
    server: { cert: server.certificate, key: server.key },
    clientCas: { payments: { anchors: clientCa, revocation: { lists: revoked } } },
  })
  const ledger = createRolloutLedger({ tls, window: windowOfLedger })
  const gate = createPeerGate({
    name: 'invoices',
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: grantInvoices(readers),
  })

  const app = fastify({ https: tls.serverOptions })
  tls.attach(app.server)
  await app.register(peergate, { gate })
  app.get('/invoices', { config: { permission: gate.permission('invoice:read') } }, (request) => ({
    // Null for whoever is only let through because the gate observes.
    reader: request.clientIdentity?.value ?? null,
  }))
  await app.listen({ host: '127.0.0.1', port: 0 })

  return {
    port: (app.server.address() as AddressInfo).port,
    ledger,
    grantTo: (next) => gate.setPolicy(grantInvoices(next)),
    async close() {
      ledger.stop()
      tls.close()
      await app.close()
    },
  }
}

function grantInvoices(readers: readonly string[]): Policy<'spiffe', 'invoice:read'> {
  return definePolicy({
    identity: 'spiffe',
    permissions: ['invoice:read'],
    grants: readers.map((name) => ({
      identity: `spiffe://prod.example/${name}`,
      allow: ['invoice:read'],
    })),
  })
}
