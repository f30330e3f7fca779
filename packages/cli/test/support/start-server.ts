import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { Server, ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { TestPki } from '@peergate/testkit'

/** Listens until the test file is done, and gives the port. */
export async function listen(server: Server): Promise<number> {
  // What is not HTTP is nobody’s.
  server.on('clientError', (_error, socket) => socket.destroy())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A server of Node’s own, which asks for certificates of the clients of `pki` unless stated. */
export async function startServer(
  { server, clientCas }: TestPki,
  options: ServerOptions = {},
  listener: RequestListener = (_request, response) => response.end('hello'),
): Promise<number> {
  const { cert, key } = server
  const ca = clientCas.clients.anchors
  return listen(createServer({ cert, key, ca, requestCert: true, ...options }, listener))
}
