import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createSecureServer } from 'node:https'
import { createServer as createPlainServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { forwardedSource, rfc9440, trustedByUnixSocket } from '@peergate/core'
import type { TrustedProxies } from '@peergate/core'
import { createConformanceGates, readerId } from '@peergate/testkit'
import t from 'tap'
import {
  createForwardedGate,
  createForwardingServer,
  listenOn,
  tell,
} from '../support/forwarding-server.js'

const { issueClient, pki } = await createConformanceGates()
const worker = await issueClient()
const server = pki.leaf('server')
const { raw } = new X509Certificate(worker.certificate)
const forwarded = [`Client-Cert: :${raw.toString('base64')}:`]

function createSource({ trustedProxies }: { readonly trustedProxies: TrustedProxies }) {
  return forwardedSource({ contract: rfc9440({ proxyVerifies: true }), trustedProxies })
}

t.test('trusts a Unix socket that the server itself listens on', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'peergate-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const trustedProxies = trustedByUnixSocket()
  const source = createSource({ trustedProxies })
  const gate = createForwardedGate(source)
  const [onPath, onPort, forgotten] = [1, 2, 3].map(() => createForwardingServer(gate)) as [
    ReturnType<typeof createForwardingServer>,
    ReturnType<typeof createForwardingServer>,
    ReturnType<typeof createForwardingServer>,
  ]
  trustedProxies.attach(onPath)
  trustedProxies.attach(onPort)
  const untrusted = 'ERR_PEERGATE_PROXY_UNTRUSTED'
  t.equal((await tell(await listenOn(t, onPath, `${folder}/a.sock`), forwarded)).who, readerId)
  t.equal((await tell(await listenOn(t, onPort), forwarded)).who, untrusted)
  t.equal((await tell(await listenOn(t, forgotten, `${folder}/b.sock`), forwarded)).who, untrusted)
  t.throws(() => trustedProxies.attach(onPath), /the server already listens; attach before listen/u)
  t.throws(() => trustedProxies.attach({} as never), /must be a server of node:net/u)
  t.ok(Object.isFrozen(trustedProxies))
})

t.test('trusts no connection that another server accepted', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'peergate-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const trustedProxies = trustedByUnixSocket()
  const gate = createForwardedGate(createSource({ trustedProxies }))
  const server = createForwardingServer(gate)
  trustedProxies.attach(server)
  await listenOn(t, server, `${folder}/a.sock`)
  const port = createPlainServer((socket) => void server.emit('connection', socket))
  await once(port.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => port.close())
  const where = { host: '127.0.0.1', port: (port.address() as AddressInfo).port }
  t.equal((await tell(where, forwarded)).who, 'ERR_PEERGATE_PROXY_UNTRUSTED')
})

t.test('trusts a Unix socket under TLS', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'peergate-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const { cert, key } = { cert: server.certificate, key: server.key }
  for (const [isAttached, path] of [
    [true, `${folder}/a.sock`],
    [false, `${folder}/b.sock`],
  ] as const) {
    const trustedProxies = trustedByUnixSocket()
    const source = createSource({ trustedProxies })
    const gate = createForwardedGate(source)
    const secure = createSecureServer({ cert, key }, (request, response) => {
      response.end(gate.admit(request).identity?.value ?? 'nobody')
    })
    if (isAttached) trustedProxies.attach(secure)
    await once(secure.listen({ path }), 'listening')
    t.teardown(() => {
      secure.closeAllConnections()
      secure.close()
    })
    const socket = connectTls({ path, rejectUnauthorized: false })
    socket.write(`GET / HTTP/1.1\r\nhost: a\r\n${forwarded.join()}\r\nconnection: close\r\n\r\n`)
    t.match(await text(socket), isAttached ? readerId : 'nobody')
  }
})
