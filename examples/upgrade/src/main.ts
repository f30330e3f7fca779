import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import {
  createPeerGate,
  createTlsGate,
  definePolicy,
  forwardedSource,
  rfc9440,
  socketSource,
  spiffe,
  trustedByAddress,
} from '@peergate/core'
import type { PeerSource } from '@peergate/core'
import { createEdgePki, readerId, reportOutcomes } from '@peergate/proxies'
import { acceptUpgrades } from './accept-upgrades.js'
import { openWebSocket } from './open-web-socket.js'

const { pki, issueClient } = await createEdgePki()
const ca = pki.authority('server-ca').certificate
const reader = await issueClient()
const stranger = await issueClient({ uri: ['spiffe://prod.example/ns/batch/sa/reindexer'] })

await overTls()
await behindProxy()

/** This process ends the TLS of the client. */
async function overTls(): Promise<void> {
  const { certificate, key } = pki.leaf('server')
  const tls = createTlsGate({
    server: { cert: certificate, key },
    clientCas: { payments: pki.authority('client-ca').certificate },
  })
  const server = createTlsServer(tls.serverOptions)
  tls.attach(server)
  const port = await serve(server, socketSource({ tls }))
  const target = { isTls: true, host: 'localhost', port, ca }
  const as = (leaf: typeof reader) => ({ ...target, cert: leaf.certificate, key: leaf.key })
  reportOutcomes('WebSockets over TLS', [
    ['a client', readerId, await openWebSocket(as(reader))],
    ['a client without the permission', '403', await openWebSocket(as(stranger))],
    ['no certificate', 'no answer', await openWebSocket(target)],
  ])
  server.close()
}

/** A proxy ended it, and says who the client is; here, the proxy is whoever connects from 127.0.0.1. */
async function behindProxy(): Promise<void> {
  const source = forwardedSource({
    contract: rfc9440({ proxyVerifies: true }),
    trustedProxies: trustedByAddress({ addresses: ['127.0.0.1'] }),
  })
  const server = createServer()
  const port = await serve(server, source)
  const from = (localAddress: string, leaf?: typeof reader) => ({
    isTls: false,
    host: '127.0.0.1',
    port,
    localAddress,
    headers: leaf === undefined ? {} : { 'Client-Cert': `:${base64Of(leaf)}:` },
  })
  reportOutcomes('WebSockets behind a proxy', [
    ['a client of the proxy', readerId, await openWebSocket(from('127.0.0.1', reader))],
    ['a client without the permission', '403', await openWebSocket(from('127.0.0.1', stranger))],
    ['no certificate', '401', await openWebSocket(from('127.0.0.1'))],
    ['a forged header past the proxy', '401', await openWebSocket(from('127.0.0.2', reader))],
  ])
  server.close()
}

async function serve(server: Server, source: PeerSource): Promise<number> {
  const gate = createPeerGate({
    source,
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['events:read'],
      grants: [{ identity: 'spiffe://prod.example/ns/payments/sa/*', allow: ['events:read'] }],
    }),
  })
  acceptUpgrades(server, gate, gate.guard(gate.permission('events:read')))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

function base64Of({ der }: typeof reader): string {
  return Buffer.from(der).toString('base64')
}
