import type { TLSSocket } from 'node:tls'
import type { PeerGateErrorCode } from '../errors.js'
import { quote } from '../identity-value/quote.js'
import type { ConnectionFacts } from '../telemetry/gate-event.js'
import { remoteAddressOf } from './remote-address.js'

/**
 * What is known of a connection before it is closed, which loses the protocol. `fault` is why its
 * handshake failed, if it did.
 */
export function connectionFactsOf(socket: TLSSocket, fault?: PeerGateErrorCode): ConnectionFacts {
  // Before a ClientHello, Node names the newest protocol that the server would have spoken.
  const spokeTls = fault !== 'ERR_PEERGATE_CONNECTION_NOT_TLS'
  return {
    remoteAddress: remoteAddressOf(socket),
    servername: servernameOf(socket),
    protocol: spokeTls ? socket.getProtocol() : null,
    cipher: cipherOf(socket),
    isResumed: wasResumed(socket),
  }
}

/** The client chooses the name, and OpenSSL lets nearly every byte through. */
function servernameOf({ servername }: TLSSocket): string | null {
  if (typeof servername !== 'string') return null
  return /^[\w.-]+$/u.test(servername) ? servername : quote(servername)
}

/** Of a handshake that has chosen none, Node says an empty object, and its types do not say so. */
function cipherOf(socket: TLSSocket): string | null {
  const cipher = socket.getCipher() as { readonly standardName?: string } | undefined
  return cipher?.standardName ?? null
}

/** Of a connection that is closed, Node says null, and its types do not say so. */
function wasResumed(socket: TLSSocket): boolean {
  const isReused: unknown = socket.isSessionReused()
  return isReused === true
}
