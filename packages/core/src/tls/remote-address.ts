import type { Server } from 'node:tls'
import { read, transportOf } from './transport.js'

/**
 * The address of the peer of `socket`, as Node writes it; null where it is not known, which is so
 * for a Unix domain socket. Null is never a reason to trust a peer.
 */
export function remoteAddressOf(socket: object): string | null {
  const transport = transportOf(socket)
  return ownAddress(socket) ?? (transport === null ? null : ownAddress(transport))
}

/**
 * Makes the addresses of all connections to `server` outlive them: Node asks the system for an
 * address when it is first read, and of a connection that was closed the system knows nothing.
 */
export function rememberAddresses(server: Server): void {
  // Before every other listener, since one of them may destroy the connection.
  server.prependListener('connection', ownAddress)
}

function ownAddress(socket: object): string | null {
  const address = read(socket, 'remoteAddress')
  return typeof address === 'string' ? address : null
}
