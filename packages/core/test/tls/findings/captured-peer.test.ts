import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'
import { setTimeout as wait } from 'node:timers/promises'
import { socketSource } from '@peergate/core'
import type { PeerSource, RequestLike } from '@peergate/core'
import { openTestClient } from '@peergate/testkit'
import type { TestClient } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { extension } from '../../support/certificate-encoder.js'
import { countCalls } from '../../support/count-calls.js'
import { objectIdentifier, sequence } from '../../support/der-encoder.js'
import { isNodeWithin } from '../../support/node-within.js'
import { createAuthority, issueLeaf } from '../../support/own-authority.js'
import { acceptedPeer, readPeer } from '../../support/read-peer.js'
import { answerTo, createServerOf, listen } from '../../support/tls-connection.js'
import type { Protocol } from '../../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../../support/tls-setting.js'

const { createGate, anonymous, issueClient } = await createTlsSetting()
const client = await issueClient()

/** Where Node has not lost the chain that the client sent before anybody can ask for it (nodejs/node#65579). */
const showsChain = isNodeWithin(
  ['20.0.0', '22.99.99'],
  ['24.0.0', '24.20.0'],
  ['26.0.0', '26.7.0'],
  ['26.10.0', '99.99.99'],
)

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
      const reads = countCalls(t, 'getSession')
      const unsafeReads = [
        countCalls(t, 'getPeerX509Certificate'),
        countCalls(t, 'getPeerCertificate'),
      ]
      const connection = openClient(t, await listen(t, server), protocol)
      for (let turn = 0; turn < 8; turn += 1) await connection.request('GET', '/')
      t.strictSame([peers.size, reads()], [1, 1], name)
      t.strictSame(
        unsafeReads.map((count) => count()),
        [0, 0],
        name,
      )
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

t.test('F11 the chain is left to whoever reads it later', async (t) => {
  const { tls } = createGate()
  const server = createServerOf('http/1.1', tls.serverOptions, ({ socket }) => {
    const leaf: Partial<DetailedPeerCertificate> = (socket as TLSSocket).getPeerCertificate(true)
    return String(leaf.issuerCertificate?.subject.CN)
  })
  tls.attach(server)
  const below = await issueClient({ issuer: 'payments-intermediate' })
  const answer = await answerTo({ port: await listen(t, server), ...below })
  if (showsChain) t.equal(answer, 'Payments Intermediate')
})

t.test('F11 a certificate that Node cannot read is a refusal, and ends nothing', async (t) => {
  const ca = createAuthority()
  // Node 20 and 22 do not survive this one in getPeerCertificate, nor in the keyUsage of its X509Certificate.
  const tooLong = objectIdentifier(`1.2${'.268435455'.repeat(200)}`)
  const purposes = sequence(objectIdentifier('1.3.6.1.5.5.7.3.2'), tooLong)
  const client = issueLeaf(ca, extension('2.5.29.37', purposes))
  for (const refusals of ['handshake', 'recorded'] as const) {
    const clientCas = { payments: ca.loaded.x509.toString() }
    const { tls, refusalCode } = createGate({ clientCas, refusals })
    const port = await listen(t, createGatedServer(tls))
    t.equal(await answerTo({ port, ...anonymous, ...client }), 'no answer', refusals)
    t.equal(await refusalCode(), 'ERR_PEERGATE_CERTIFICATE_MALFORMED', refusals)
  }
})

function readOrThrow(source: PeerSource, request: RequestLike): string {
  try {
    return readPeer(source, request)
  } catch (error) {
    return `threw ${String(error)}`
  }
}
