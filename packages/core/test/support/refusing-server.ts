import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:https'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { TLSSocket, TlsOptions } from 'node:tls'
import type { Test } from 'tap'
import { explainHandshakeFailure } from '#core/tls/refusal.js'
import type { PeerRefusal } from '#core/tls/refusal.js'
import { rememberAddresses } from '#core/tls/remote-address.js'
import { listen } from './tls-connection.js'

/** What `tlsClientError` brings. */
interface FailedHandshake {
  readonly failure: NodeJS.ErrnoException
  readonly socket: TLSSocket
}

/** A strict server set up by hand, to see what Node says of the handshakes that fail. */
export interface RefusingServer {
  readonly port: number
  readonly failed: Promise<FailedHandshake>
  /** How the first failure is explained, at the moment when Node reports it. */
  readonly refused: Promise<PeerRefusal | null>
}

export async function startRefusingServer(
  t: Test,
  options: TlsOptions,
  { remember = true }: { readonly remember?: boolean } = {},
): Promise<RefusingServer> {
  const server = createServer({ requestCert: true, rejectUnauthorized: true, ...options })
  if (remember) rememberAddresses(server)
  const seen = new EventEmitter()
  server.on('tlsClientError', (failure: NodeJS.ErrnoException, socket: TLSSocket) => {
    seen.emit('failed', { failure, socket }, explainHandshakeFailure(failure, socket))
  })
  const first = once(seen, 'failed') as Promise<[FailedHandshake, PeerRefusal | null]>
  return {
    port: await listen(t, server),
    failed: first.then(([failed]) => failed),
    refused: first.then(([, refusal]) => refusal),
  }
}

/** Speaks to a port of the loopback without TLS. */
export function speak(port: number, act: (socket: Socket) => void): void {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.resume()
  socket.once('connect', () => act(socket))
}
