import type { Server, TLSSocket } from 'node:tls'

/** A handshake as the socket of the server reports it. */
export interface SeenSocket {
  readonly authorized: boolean
  readonly reused: boolean
}

/** The next handshakes of `server` that succeed, before any TLS gate judges them. */
export function watchSockets(server: Server): readonly SeenSocket[] {
  const seen: SeenSocket[] = []
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    seen.push({ authorized: socket.authorized, reused: socket.isSessionReused() })
  })
  return seen
}
