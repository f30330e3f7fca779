import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { socketSource } from '@peergate/core'
import { readerId } from '@peergate/testkit'
import t from 'tap'
import { readPeer } from '../../support/read-peer.js'
import { startReloadingServer } from '../../support/reloading-server.js'
import { answerTo, createServerOf, listen, open } from '../../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../../support/tls-setting.js'

const { pki, createGate, anonymous, issueClient } = await createTlsSetting()
const client = await issueClient()
const forged = `x-forwarded-client-cert: URI=${readerId}`

function socketPath(): string {
  return join(tmpdir(), `peergate-${randomBytes(8).toString('hex')}.sock`)
}

t.test('F4 a missing peer address changes nothing', async (t) => {
  t.test('of a connection that its client reset', async (t) => {
    for (const [credentials, seen] of [
      [client, [[undefined, 'tls payments']]],
      [anonymous, []],
    ] as const) {
      const { tls, refusal } = createGate()
      const source = socketSource({ tls })
      const requests: unknown[] = []
      const server = createServerOf('http/1.1', tls.serverOptions, (request) => {
        requests.push([request.socket.remoteAddress, readPeer(source, request)])
        return null
      })
      tls.attach(server)
      const handled = once(server, 'request')
      await askAndReset(await listen(t, server), credentials)
      if (credentials === anonymous) t.equal((await refusal())?.remoteAddress, '127.0.0.1')
      else await handled
      t.strictSame(requests, seen)
    }
  })

  t.test('of a Unix domain socket', async (t) => {
    const { tls, refusalCode } = createGate()
    const addresses: unknown[] = []
    const server = createGatedServer(tls)
    server.on('request', ({ socket }) => addresses.push(socket.remoteAddress))
    const path = socketPath()
    await listen(t, server, { path })
    t.equal(await answerTo({ path, ...client }, [forged]), 'tls payments')
    t.equal(await answerTo({ path, ...anonymous }, [forged]), 'no answer')
    t.equal(await refusalCode(), 'ERR_PEERGATE_CERTIFICATE_MISSING')
    t.strictSame(addresses, [undefined])
  })

  t.test('of a handshake that began under another trust', async (t) => {
    const { tls, server, write } = await startReloadingServer(t, pki)
    server.close()
    const path = socketPath()
    await listen(t, server, { path })
    const early = connect({ path })
    await once(server, 'connection')
    write('ca.pem', pki.authority('batch-client-ca').certificate)
    await tls.reload()
    // The one that comes later is of the trust in force, and no more than a path itself.
    const late = connect({ path })
    await once(server, 'connection')
    t.teardown(() => late.destroy())
    t.equal(await answerTo({ socket: early, ...client }), 'no answer')
  })
})

/** Sends a request with a forged header, and resets the connection before it can be answered. */
async function askAndReset(port: number, credentials: ConnectionOptions): Promise<void> {
  const transport = connect({ host: '127.0.0.1', port })
  transport.on('error', () => undefined)
  const socket: TLSSocket = open({ socket: transport, ...credentials })
  socket.on('error', () => undefined)
  await once(socket, 'secureConnect')
  socket.write(`GET / HTTP/1.1\r\nhost: localhost\r\n${forged}\r\n\r\n`, () => {
    transport.resetAndDestroy()
  })
}
