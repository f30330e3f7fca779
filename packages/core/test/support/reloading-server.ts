import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTlsGate, socketSource } from '@peergate/core'
import type { PeerRefusal, ReloadOutcome, TlsGate } from '@peergate/core'
import { openTestClient } from '@peergate/testkit'
import type { MintedLeaf, Pki, TestClient } from '@peergate/testkit'
import type { Test } from 'tap'
import { readPeer } from './read-peer.js'
import { createServerOf, listen } from './tls-connection.js'
import type { Protocol } from './tls-connection.js'
import type { OneHostOptions } from './tls-setting.js'

/** A server whose TLS gate reads its files from a folder of the test. */
export interface ReloadingServer {
  readonly tls: TlsGate
  readonly server: Server
  readonly port: number
  readonly write: (file: string, content: string) => void
  readonly path: (file: string) => string
  /** A client that makes all its requests over one connection. */
  readonly connect: (leaf: MintedLeaf) => TestClient
  /** What the server says of the client, or `refused` where it gets no answer. */
  readonly ask: (client: TestClient) => Promise<string>
  readonly nextOutcome: () => Promise<ReloadOutcome>
  readonly nextRefusal: () => Promise<PeerRefusal>
}

/** Starts a server whose files `server.pem`, `server-key.pem` and `ca.pem` are in the folder. */
export async function startReloadingServer(
  t: Test,
  pki: Pki,
  options: Partial<OneHostOptions> & { readonly protocol?: Protocol } = {},
): Promise<ReloadingServer> {
  const { protocol = 'http/1.1', ...own } = options
  const folder = mkdtempSync(join(tmpdir(), 'peergate-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = (file: string) => `${folder}/${file}`
  const write = (file: string, content: string) => writeFileSync(path(file), content)
  const { certificate, key } = pki.leaf('server')
  write('server.pem', certificate)
  write('server-key.pem', key)
  write('ca.pem', pki.authority('payments-client-ca').certificate)
  const events = new EventEmitter()
  const tls = createTlsGate({
    server: { cert: path('server.pem'), key: path('server-key.pem') },
    clientCas: { payments: path('ca.pem') },
    onReload: (outcome) => events.emit('reload', outcome),
    onRefused: (refusal) => events.emit('refused', refusal),
    ...own,
  })
  t.teardown(() => tls.close())
  const source = socketSource({ tls })
  const server = createServerOf(protocol, tls.serverOptions, (request) => readPeer(source, request))
  tls.attach(server)
  const port = await listen(t, server)
  const serverCa = pki.authority('server-ca').certificate

  return {
    tls,
    server,
    port,
    write,
    path,
    connect(leaf) {
      const client = openTestClient({ port, serverCa, leaf, protocol })
      t.teardown(() => client.close())
      return client
    },
    ask: (client) =>
      client.request('GET', '/').then(
        ({ body }) => body,
        () => 'refused',
      ),
    nextOutcome: async () => (await once(events, 'reload'))[0] as ReloadOutcome,
    nextRefusal: async () => (await once(events, 'refused'))[0] as PeerRefusal,
  }
}
