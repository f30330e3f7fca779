import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { Http2ServerRequest } from 'node:http2'
import { createServer } from 'node:https'
import type { AddressInfo, ListenOptions, Server as NetServer, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { Server, connect } from 'node:tls'
import type { ConnectionOptions, TLSSocket, TlsOptions } from 'node:tls'
import type { Test } from 'tap'

export type Protocol = 'http/1.1' | 'h2'

/** A server that answers each request with what `answer` says of it, and with nothing for null. */
export function createServerOf(
  protocol: Protocol,
  options: TlsOptions,
  answer: (request: IncomingMessage | Http2ServerRequest) => string | null,
): Server {
  function handle(
    request: IncomingMessage | Http2ServerRequest,
    response: { readonly end: (body: string) => unknown },
  ): void {
    const body = answer(request)
    if (body !== null) response.end(body)
  }
  return protocol === 'h2' ? createSecureServer(options, handle) : createServer(options, handle)
}

/** Listens on a port of the loopback until `t` ends, or where it is told to. */
export async function listen(
  t: Test,
  server: NetServer,
  where: ListenOptions = { host: '127.0.0.1', port: 0 },
): Promise<number> {
  const sockets = new Set<Socket>()
  // Node 26.10 crashes where the socket beneath a TLS connection is destroyed.
  const isSecure = server instanceof Server
  if (isSecure) server.on('connection', (socket) => socket.unref())
  server.on(isSecure ? 'secureConnection' : 'connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await once(server.listen(where), 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A TLS connection to the loopback that trusts `ca`. */
export function open(options: ConnectionOptions): TLSSocket {
  return connect({ host: '127.0.0.1', servername: 'localhost', ...options })
}

/** The body of the answer to one request over a new connection; rejects where there is no answer. */
export async function ask(
  options: ConnectionOptions,
  headers: readonly string[] = [],
): Promise<string> {
  return await askOver(open(options), headers)
}

/** The same, or `no answer`. */
export async function answerTo(
  options: ConnectionOptions,
  headers: readonly string[] = [],
): Promise<string> {
  return await ask(options, headers).catch(() => 'no answer')
}

async function askOver(socket: TLSSocket, headers: readonly string[] = []): Promise<string> {
  const lines = ['GET / HTTP/1.1', 'host: localhost', 'connection: close', ...headers, '', '']
  socket.write(lines.join('\r\n'))
  const [, body] = (await text(socket)).split('\r\n\r\n')
  if (body === undefined) throw new Error('the connection ended without an answer')
  return body
}

/** The session that a server gives to a new connection after a request. */
export async function sessionOf(options: ConnectionOptions): Promise<Buffer> {
  const socket = open(options)
  const given = once(socket, 'session') as Promise<[Buffer]>
  await askOver(socket)
  const [session] = await given
  return session
}
