import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createPeerGate, createTlsGate, definePolicy, socketSource, spiffe } from '@peergate/core'
import type { EdgePki } from '@peergate/proxies'

/** A service that sees its clients itself: nothing in it knows of a proxy. */
export async function startService({ pki }: EdgePki) {
  const { certificate, key } = pki.leaf('server')
  const tls = createTlsGate({
    server: { cert: certificate, key },
    clientCas: { payments: pki.authority('client-ca').certificate },
  })
  const gate = createPeerGate({
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:read'],
      grants: [{ identity: 'spiffe://prod.example/ns/payments/sa/*', allow: ['invoice:read'] }],
    }),
  })
  const server = createServer(tls.serverOptions, (request, response) => {
    const { identity, refusal } = gate.admit(request)
    const who = identity?.value ?? String(refusal?.code)
    response.end(JSON.stringify({ who, assurance: identity?.assurance ?? null }))
  })
  tls.attach(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { port: (server.address() as AddressInfo).port, stop: () => server.close() }
}
