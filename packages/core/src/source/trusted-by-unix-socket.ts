import { Server } from 'node:net'
import type { Socket } from 'node:net'
import { optionError } from '../options.js'
import type { RequestLike } from '../peer-source.js'
import { createConnectionMemory } from '../tls/connection-memory.js'
import { transportOf } from '../tls/transport.js'
import { connectionOf, createTrustedProxies, untrusted } from './trusted-proxies.js'
import type { TrustedProxies } from './trusted-proxies.js'

/** See {@link trustedByUnixSocket}. */
export interface TrustedByUnixSocket extends TrustedProxies {
  /**
   * Trusts the senders that connect to `server`, for as long as it listens on a Unix socket.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for what is no server, and for one that
   * listens already: its connections were not seen
   */
  readonly attach: (server: Server) => void
}

/**
 * Trusts whoever connects to a Unix socket that the attached server itself listens on: those whom the
 * permissions of its file let in. Give it a folder that only the proxy and the service can enter.
 *
 * That a connection has no address is no proof of it: a client that resets its connection has none
 * either. What counts is the address of the server, while the connection is made.
 *
 * @example
 * ```ts
 * const trustedProxies = trustedByUnixSocket()
 * const gate = createPeerGate({ source: forwardedSource({ contract, trustedProxies }), identity, policy })
 * trustedProxies.attach(server)
 * server.listen('/run/payments/http.sock')
 * ```
 */
export function trustedByUnixSocket(): TrustedByUnixSocket {
  const connections = createConnectionMemory<object>()

  function watch(this: Server, socket: AcceptedSocket): void {
    // A socket that another server accepted can be handed over to this one.
    if (socket.server !== this || typeof this.address() !== 'string') return
    connections.remember(socket, proved)
  }

  /** Of a TLS server, requests have the socket that this event brings. */
  function watchSecure(socket: Socket): void {
    const transport = transportOf(socket)
    /* c8 ignore next -- should a version of Node not lead to it, nobody is trusted */
    if (transport === null) return
    if (connections.recall(transport) !== undefined) connections.remember(socket, proved)
  }

  function refuse(request: RequestLike): void {
    if (connections.recall(connectionOf(request)) !== undefined) return
    throw untrusted('it did not connect to a Unix socket of an attached server')
  }

  return createTrustedProxies('unix-socket', refuse, {
    attach(server: Server) {
      refuseUnfit(server)
      server.prependListener('connection', watch)
      server.prependListener('secureConnection', watchSecure)
    },
  })
}

/** Node notes on a connection which server accepted it. */
interface AcceptedSocket extends Socket {
  readonly server?: unknown
}

const proved = Object.freeze({})

function refuseUnfit(server: Server): void {
  if (!(server instanceof Server)) {
    throw optionError('attach', 'the server must be a server of node:net, node:http or node:https')
  }
  if (server.listening) {
    throw optionError('attach', 'the server already listens; attach before listen')
  }
}
