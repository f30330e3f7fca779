import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer } from 'node:https'
import type { Server, TLSSocket } from 'node:tls'
import { setTimeout as wait } from 'node:timers/promises'
import { createTlsGate } from '@peergate/core'
import type { TlsGate } from '@peergate/core'
import { openTestClient } from '@peergate/testkit'
import type { MintedLeaf, Pki, TestClient } from '@peergate/testkit'
import type { Test } from 'tap'
import type { Protocol } from './tls-connection.js'
import { listen, open } from './tls-connection.js'
import type { OneHostOptions } from './tls-setting.js'

/** A server behind the TLS gate alone, whose answers the test gives. */
export interface HoldingServer {
  readonly tls: TlsGate
  readonly server: Server
  readonly port: number
  /** The responses of the requests that reached the listener of `request`, in their order. */
  readonly responses: readonly ServerResponse[]
  /** Resolves once so many requests reached that listener. */
  readonly reached: (count: number) => Promise<void>
  readonly deny: (...leaves: readonly MintedLeaf[]) => void
  readonly connect: (leaf: MintedLeaf) => TestClient
  readonly open: (leaf: MintedLeaf, options?: HalfOpen) => RawClient
}

/** Whether the client keeps its side open when the server has ended. */
interface HalfOpen {
  readonly allowHalfOpen: boolean
}

/** A client that writes HTTP/1 by hand. */
interface RawClient {
  readonly socket: TLSSocket
  readonly write: (...requests: readonly string[]) => void
  /** What the server sent, once it has ended the connection. */
  readonly received: Promise<string>
}

export async function startHoldingServer(
  t: Test,
  pki: Pki,
  options: Partial<OneHostOptions> & { readonly protocol?: Protocol } = {},
): Promise<HoldingServer> {
  const { protocol = 'http/1.1', ...own } = options
  const { certificate, key } = pki.leaf('server')
  const tls = createTlsGate({
    server: { cert: certificate, key },
    clientCas: { payments: pki.authority('payments-client-ca').certificate },
    ...own,
  })
  const responses: ServerResponse[] = []
  const hold = (_request: IncomingMessage, response: ServerResponse) =>
    void responses.push(response)
  const server: Server =
    protocol === 'h2'
      ? createSecureServer(tls.serverOptions, hold as object as () => void)
      : createServer(tls.serverOptions, hold)
  tls.attach(server)
  const port = await listen(t, server)
  const serverCa = pki.authority('server-ca').certificate

  return {
    tls,
    server,
    port,
    responses,
    async reached(count) {
      while (responses.length < count) await wait(5)
    },
    deny: (...leaves) => tls.setDenylist({ fingerprints: leaves.map(fingerprintOf) }),
    connect(leaf) {
      const client = openTestClient({ port, serverCa, leaf, protocol })
      t.teardown(() => client.close())
      return client
    },
    open: ({ certificate: cert, key }, options) =>
      openRaw(t, open({ port, ca: serverCa, cert, key, ...options })),
  }
}

export function fingerprintOf({ der }: MintedLeaf): string {
  return new X509Certificate(der).fingerprint256
}

/** One request without a body, unless `more` brings one. */
export function requestText(method: string, path: string, more = '\r\n'): string {
  return `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${more}`
}

function openRaw(t: Test, socket: TLSSocket): RawClient {
  t.teardown(() => socket.destroy())
  socket.on('error', () => undefined)
  let text = ''
  socket.on('data', (data) => (text += data.toString('latin1')))
  return {
    socket,
    write: (...requests) => void socket.write(requests.join('')),
    received: once(socket, 'close').then(() => text),
  }
}
