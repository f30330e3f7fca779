import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { ConnectionOptions } from 'node:tls'
import { createConformanceGates } from '@peergate/testkit'
import type { MintedLeaf } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { startReloadingServer } from '../../support/reloading-server.js'
import type { ReloadingServer } from '../../support/reloading-server.js'
import { renegotiate } from '../../support/renegotiate.js'
import { answerTo, open, sessionOf } from '../../support/tls-connection.js'
import { watchSockets } from '../../support/watch-sockets.js'

const { pki, issueClient } = await createConformanceGates()
const payments = pki.authority('payments-client-ca').certificate
const batch = pki.authority('batch-client-ca').certificate
const worker = await issueClient()
const batchWorker = await issueClient({ issuer: 'batch-client-ca' })

/** A server that trusts the payments CA at first, and then the batch CA alone. */
async function startReloaded(
  t: Test,
  options: Parameters<typeof startReloadingServer>[2] = {},
): Promise<ReloadingServer> {
  const server = await startReloadingServer(t, pki, options)
  server.write('ca.pem', batch)
  await server.tls.reload()
  return server
}

function reach({ port }: ReloadingServer, leaf: MintedLeaf): ConnectionOptions {
  const ca = pki.authority('server-ca').certificate
  return { port, ca, cert: leaf.certificate, key: leaf.key }
}

t.test('F9 a reload sets every option again', async (t) => {
  t.test('the client CAs, and what the server proves itself with', async (t) => {
    const server = await startReloaded(t)
    t.equal(await answerTo(reach(server, batchWorker)), 'tls payments')
    t.equal(await answerTo(reach(server, worker)), 'no answer')
  })

  t.test('the oldest version', async (t) => {
    const server = await startReloaded(t)
    const asking = { ...reach(server, batchWorker), maxVersion: 'TLSv1.2' } as const
    t.equal(await answerTo(asking), 'no answer')
  })

  t.test('that renegotiation is refused', async (t) => {
    const reloaded = await startReloaded(t, { minVersion: 'TLSv1.2' })
    reloaded.server.on('clientError', () => undefined)
    t.equal(await renegotiate(reach(reloaded, batchWorker)), 'ERR_SSL_NO_RENEGOTIATION')
  })

  for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const) {
    t.test(`that no session of ${maxVersion} is resumed`, async (t) => {
      const reloaded = await startReloaded(t, { minVersion: 'TLSv1.2' })
      const asking = { ...reach(reloaded, batchWorker), maxVersion }
      const session = await sessionOf(asking)
      const sockets = watchSockets(reloaded.server)
      t.equal(await answerTo({ ...asking, session }), 'tls payments')
      t.strictSame(sockets, [{ authorized: true, reused: false }])
    })
  }

  t.test('the keys of the sessions, and the trust that they are for', async (t) => {
    const started = await startReloadingServer(t, pki, { resumption: { maxAge: 300 } })
    const { server, tls, write } = started
    const asking = reach(started, worker)
    const [keys, kept] = [server.getTicketKeys(), randomBytes(48)]
    write('ca.pem', `${payments}${batch}`)
    await tls.reload()
    t.notSame(server.getTicketKeys(), keys)

    // As whoever shares sessions between processes does it without a TLS gate.
    server.setTicketKeys(kept)
    const session = await sessionOf(asking)
    const sockets = watchSockets(server)
    await answerTo({ ...asking, session })
    write('ca.pem', payments)
    await tls.reload()
    server.setTicketKeys(kept)
    await answerTo({ ...asking, session })
    t.strictSame(
      sockets.map(({ reused }) => reused),
      [true, false],
    )
  })

  t.test('and what was open before is judged again, without a request', async (t) => {
    const server = await startReloadingServer(t, pki)
    server.write('ca.pem', `${payments}${batch}`)
    await server.tls.reload()
    const [goes, stays] = [await connectTo(server, worker), await connectTo(server, batchWorker)]
    server.write('ca.pem', batch)
    await server.tls.reload()
    t.equal(await goes.fate(), 'closed')
    t.equal(await stays.ask(), 'tls payments')
  })
})

/** A connection over which a request was answered. */
async function connectTo(server: ReloadingServer, leaf: MintedLeaf) {
  const socket = open(reach(server, leaf))
  const closed = once(socket, 'close').then(() => 'closed')
  async function ask(): Promise<string | undefined> {
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
    const answer = once(socket, 'data').then(([data]: unknown[]) => String(data))
    return (await Promise.race([answer, closed])).split('\r\n\r\n')[1]
  }
  await ask()
  return { ask, fate: async () => Promise.race([closed, wait(5000, 'open', { ref: false })]) }
}
