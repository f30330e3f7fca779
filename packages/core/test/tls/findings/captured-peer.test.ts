import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { socketSource } from '@peergate/core'
import type { PeerSource, RequestLike } from '@peergate/core'
import { openTestClient } from '@peergate/testkit'
import type { TestClient } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { countCalls } from '../../support/count-calls.js'
import { acceptedPeer, readPeer } from '../../support/read-peer.js'
import { createServerOf, listen } from '../../support/tls-connection.js'
import type { Protocol } from '../../support/tls-connection.js'
import { createTlsSetting } from '../../support/tls-setting.js'

const { createGate, issueClient } = await createTlsSetting()
const client = await issueClient()

function openClient(t: Test, port: number, protocol: Protocol): TestClient {
  const leaf = { certificate: client.cert, key: client.key }
  const opened = openTestClient({ port, protocol, serverCa: client.ca, leaf })
  t.teardown(opened.close)
  return opened
}

for (const protocol of ['http/1.1', 'h2'] as const) {
  t.test(`F11 the certificate is read once for a connection of ${protocol}`, async (t) => {
    const { tls } = createGate()
    for (const [name, source, attach] of [
      ['with a TLS gate', socketSource({ tls }), tls.attach],
      ['without one', socketSource(), () => undefined],
    ] as const) {
      const peers = new Set<object>()
      const server = createServerOf(protocol, tls.serverOptions, (request) => {
        peers.add(acceptedPeer(source, request))
        return ''
      })
      attach(server)
      const reads = countCalls(t, 'getPeerX509Certificate')
      const legacyReads = countCalls(t, 'getPeerCertificate')
      const connection = openClient(t, await listen(t, server), protocol)
      for (let turn = 0; turn < 8; turn += 1) await connection.request('GET', '/')
      t.strictSame([peers.size, reads(), legacyReads()], [1, 1, 0], name)
    }
  })

  t.test(`F12 a closed connection of ${protocol} is a refusal, never an exception`, async (t) => {
    const { tls } = createGate()
    const requests = new EventEmitter()
    const server = createServerOf(protocol, tls.serverOptions, (request) => {
      requests.emit('request', request)
      return null
    })
    tls.attach(server)
    const connection = openClient(t, await listen(t, server), protocol)
    connection.request('GET', '/').catch(() => undefined)
    const [request] = (await once(requests, 'request')) as [RequestLike & { socket: Socket }]
    connection.close()
    await once(request.socket, 'close')
    await wait(10)
    const closed = 'ERR_PEERGATE_CONNECTION_CLOSED'
    const captured = protocol === 'h2' ? closed : 'tls payments'
    t.equal(readOrThrow(socketSource({ tls }), request), captured, 'with a TLS gate')
    t.equal(readOrThrow(socketSource(), request), closed, 'without one')
  })
}

function readOrThrow(source: PeerSource, request: RequestLike): string {
  try {
    return readPeer(source, request)
  } catch (error) {
    return `threw ${String(error)}`
  }
}
