import type { Socket } from 'node:net'
import type { Server, TLSSocket } from 'node:tls'
import type { TrustState } from './trust-state.js'

/** Under which trust state the handshakes of a server began. */
export interface HandshakeStates {
  readonly follow: (server: Server) => void
  /** Null where it cannot be told. */
  readonly stateOf: (socket: TLSSocket) => TrustState | null
}

/**
 * Node gives a connection its TLS context when it arrives, so that a handshake can end after the
 * context was replaced, with the verdict of the old one. The TLS socket does not lead to the socket
 * that arrived, but both have the addresses and ports of both ends, which no other open connection has.
 */
export function createHandshakeStates(current: () => TrustState): HandshakeStates {
  const arrivals = new Map<string, { readonly socket: Socket; readonly state: TrustState }>()

  function remember(socket: Socket): void {
    const key = keyOf(socket)
    if (key === null) return
    arrivals.set(key, { socket, state: current() })
    socket.once('close', () => {
      if (arrivals.get(key)?.socket === socket) arrivals.delete(key)
    })
  }

  return {
    follow: (server) => void server.prependListener('connection', remember),
    stateOf: (socket) => arrivals.get(keyOf(socket) ?? '')?.state ?? null,
  }
}

function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string | null {
  if (remoteAddress === undefined) return null
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}
