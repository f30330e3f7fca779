import { once } from 'node:events'
import { createServer } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:net'
import t from 'tap'
import { rememberAddresses, remoteAddressOf } from '#core/tls/remote-address.js'
import { startRefusingServer, speak } from '../support/refusing-server.js'
import { ask } from '../support/tls-connection.js'
import { createTlsSetting } from '../support/tls-setting.js'

const { options, anonymous, issueClient } = await createTlsSetting()
const { cert, key } = options.server
const strict = {
  cert: String(cert),
  key: String(key),
  ca: options.clientCas['payments'] as string,
}

t.test('knows the address of an open connection', async (t) => {
  const { port, refused } = await startRefusingServer(t, strict, { remember: false })
  await t.rejects(ask({ port, ...anonymous }))
  t.equal((await refused)?.remoteAddress, '127.0.0.1')
})

for (const [name, client] of [
  ['that the server closed', await issueClient({ issuer: 'batch-client-ca' })],
  ['that the client closed', { ca: options.clientCas['payments'] as string }],
] as const) {
  t.test(`knows the address of a connection ${name} only where it was remembered`, async (t) => {
    for (const remember of [true, false]) {
      const { port, failed } = await startRefusingServer(t, strict, { remember })
      await t.rejects(ask({ port, ...client }))
      const { socket } = await failed
      t.equal(socket.remoteAddress, undefined)
      t.equal(remoteAddressOf(socket), remember ? '127.0.0.1' : null)
    }
  })
}

t.test('remembers before a listener that destroys the connection', async (t) => {
  const server = createServer(strict)
  server.prependListener('connection', (socket) => socket.destroy())
  rememberAddresses(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  speak((server.address() as { port: number }).port, () => undefined)
  const [, socket] = (await once(server, 'tlsClientError')) as [Error, TLSSocket]
  t.equal(remoteAddressOf(socket), '127.0.0.1')
})

t.test('a Unix domain socket has no address', async (t) => {
  const server = createServer(strict)
  rememberAddresses(server)
  const path = join(tmpdir(), `peergate-remote-address-${process.pid}.sock`)
  await once(server.listen(path), 'listening')
  t.teardown(() => server.close())
  const client = connect(path)
  client.on('error', () => undefined)
  client.write('GET / HTTP/1.1\r\n\r\n')
  const [, socket] = (await once(server, 'tlsClientError')) as [Error, TLSSocket]
  t.equal(remoteAddressOf(socket), null)
})

t.test('is null for whatever has no address, and never throws', (t) => {
  const throwing = new Proxy(
    {},
    {
      get() {
        throw new Error('the session is gone')
      },
    },
  )
  for (const socket of [
    {},
    { remoteAddress: 7 },
    { _parent: null },
    { _parent: 'a' },
    { _parent: {} },
    { _parent: { remoteAddress: null } },
    { _parent: throwing },
    throwing,
  ]) {
    t.equal(remoteAddressOf(socket), null)
  }
  t.equal(remoteAddressOf({ _parent: { remoteAddress: '192.0.2.1' } }), '192.0.2.1')
  t.equal(remoteAddressOf({ remoteAddress: '::1', _parent: { remoteAddress: '::2' } }), '::1')
  t.end()
})
