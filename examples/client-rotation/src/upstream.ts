import { createSecureServer } from 'node:http2'
import type { Http2ServerRequest } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { createPeerGate, createTlsGate, definePolicy, socketSource, spiffe } from '@peergate/core'
import type { ClientIdentity } from '@peergate/core'
import { clientCa, server as leaf } from './pki.js'

/** The service that is called, behind strict mutual TLS, over HTTP/1.1 and HTTP/2 on one port. */
export interface Upstream {
  readonly port: number
  /** When a caller first came with the certificate of this serial number, by `performance.now()`. */
  readonly firstSeen: (caller: string, serialNumber: string) => number | undefined
  readonly close: () => void
}

export async function startUpstream(): Promise<Upstream> {
  const tls = createTlsGate({
    name: 'upstream',
    server: { cert: leaf.certificate, key: leaf.key },
    clientCas: { workers: clientCa },
  })
  const gate = createPeerGate({
    name: 'upstream',
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:read'],
      grants: [{ identity: 'spiffe://prod.example/worker', allow: ['invoice:read'] }],
    }),
  })
  const mayRead = gate.guard(gate.permission('invoice:read'))
  const seen = new Map<string, number>()

  function note(request: Http2ServerRequest, { serialNumber }: ClientIdentity): void {
    const key = keyOf(String(request.headers['x-caller']), String(serialNumber))
    if (!seen.has(key)) seen.set(key, performance.now())
  }

  async function answer(request: Http2ServerRequest): Promise<number> {
    const sender = gate.admit(request)
    const { allowed } = await mayRead(sender, request, {}, () => ({ raw: request, route: '/' }))
    if (!allowed || sender.identity === null) return 403
    note(request, sender.identity)
    // So that there are always requests in flight when the certificate changes.
    return wait(Math.random() * 20, 200)
  }

  const server = createSecureServer({ ...tls.serverOptions, allowHTTP1: true })
  server.on('request', (request, response) => {
    void answer(request).then((status) => response.writeHead(status).end())
  })
  tls.attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    port: (server.address() as AddressInfo).port,
    firstSeen: (caller, serialNumber) => seen.get(keyOf(caller, serialNumber)),
    close() {
      tls.close()
      server.close()
    },
  }
}

function keyOf(caller: string, serialNumber: string): string {
  return `${caller} ${serialNumber}`
}
