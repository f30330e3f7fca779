import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createIdentityHeaderRemoval } from '#core/source/remove-identity-headers.js'
import t from 'tap'
import type { Test } from 'tap'

const removeIdentityHeaders = createIdentityHeaderRemoval()
const removeOwn = createIdentityHeaderRemoval(['x-own'])

const sent = [
  'Host',
  'localhost',
  'Client-Cert',
  'a',
  'x_forwarded.client-CERT',
  'b',
  'X-Own',
  'c',
  'Accept',
  'd',
]

/** A request of Node's own with these headers, of which `read` looks at something first. */
async function receive(
  t: Test,
  read: (message: IncomingMessage) => unknown,
): Promise<IncomingMessage> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const outgoing = request({ host: '127.0.0.1', port, headers: sent })
  outgoing.on('error', () => undefined)
  outgoing.end()
  const [message] = (await once(server, 'request')) as [IncomingMessage]
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  read(message)
  return message
}

t.test('removes every spelling from every view, whichever was read before', async (t) => {
  for (const read of [
    () => undefined,
    (message: IncomingMessage) => message.headers,
    (message: IncomingMessage) => message.headersDistinct,
  ]) {
    const message = await receive(t, read)
    t.equal(removeOwn(message), true)
    const [host, , accept] = message.rawHeaders
    t.strictSame([host, accept], ['Host', 'Accept'])
    const left = message.rawHeaders
      .filter((_, at) => at % 2 === 0)
      .map((name) => name.toLowerCase())
    t.strictSame(Object.keys(message.headers), left)
    t.strictSame(Object.keys(message.headersDistinct), left)
    t.equal(removeIdentityHeaders(message), false)
  }
})

t.test('leaves other headers as they are', async (t) => {
  const message = await receive(t, () => undefined)
  t.equal(removeIdentityHeaders(message), true)
  t.equal(message.headers['x-own'], 'c')
})

t.test('removes them where there are no raw lines', (t) => {
  const headers = { 'client-cert': 'a', 'X.Forwarded_Client-Cert': 'b', accept: 'c' }
  t.equal(removeIdentityHeaders({ headers }), true)
  t.strictSame(headers, { accept: 'c' })
  t.equal(removeIdentityHeaders({}), false)
  t.equal(removeIdentityHeaders({ rawHeaders: ['accept', 'a'] }), false)
  t.end()
})

t.test('sees through names that it never saw before', (t) => {
  for (let turn = 0; turn < 3000; turn += 1) {
    t.equal(removeIdentityHeaders({ headers: { [`x-unknown-${turn}`]: 'a' } }), false)
  }
  const long = `x-${'a'.repeat(100)}`
  t.equal(removeIdentityHeaders({ headers: { [long]: 'a' } }), false)
  const headers = { 'cLiEnT.cErT': 'a' }
  t.equal(removeIdentityHeaders({ headers }), true)
  t.strictSame(headers, {})
  t.end()
})
