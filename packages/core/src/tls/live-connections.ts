import type { ServerHttp2Session } from 'node:http2'
import type { Server, TLSSocket } from 'node:tls'
import { PeerGateError } from '../errors.js'
import { callAfter } from './call-after.js'
import type { CapturedPeer } from './captured-peer.js'
import { createConnectionMemory } from './connection-memory.js'
import { guardRequests } from './guard-requests.js'
import { closeConnection, createLiveConnection, isOpen, takeRequest } from './live-connection.js'
import type { LiveConnection } from './live-connection.js'
import type { PeerRefusal } from './refusal.js'
import { refusePeer } from './refuse-peer.js'

/** The accepted connections of a TLS gate. */
export interface LiveConnections {
  readonly add: (socket: TLSSocket, peer: CapturedPeer) => void
  /** Undefined for a connection that was not accepted here. */
  readonly find: (socket: object) => LiveConnection | undefined
  /** Those that are there now. */
  readonly list: () => readonly LiveConnection[]
  /** Follows the requests of a server: none is cut off in progress, none begins on what is closing. */
  readonly follow: (server: Server) => void
  /** Closes a connection whose peer is no longer accepted, and reports it the first time. */
  readonly closeRefused: (connection: LiveConnection, error: PeerGateError) => void
}

export function createLiveConnections(options: {
  /** For how many milliseconds a connection that is being closed may still answer. */
  readonly closeWithin: number
  readonly closeAtExpiry: boolean
  readonly report: (refusal: PeerRefusal) => void
}): LiveConnections {
  const { closeWithin, closeAtExpiry, report } = options
  const memory = createConnectionMemory<LiveConnection>()
  const live = new Set<LiveConnection>()

  function closeRefused(connection: LiveConnection, error: PeerGateError): void {
    if (!isOpen(connection)) return
    const { socket, peer } = connection
    const close = () => closeConnection(connection, closeWithin)
    report(refusePeer({ error, socket, certificate: peer.certificate, close }))
  }

  function followSession(session: ServerHttp2Session): void {
    const connection = memory.recall(session.socket)
    if (connection !== undefined) connection.session = session
  }

  function mayPass(socket: object, answer: unknown): boolean {
    const connection = memory.recall(socket)
    return connection === undefined || takeRequest(connection, answer)
  }

  return {
    add(socket, peer) {
      const connection = createLiveConnection(socket, peer)
      memory.remember(socket, connection)
      live.add(connection)
      socket.once('close', () => live.delete(connection))
      const close = () => closeRefused(connection, expired())
      if (closeAtExpiry) callAfter(peer.certificate.notAfter, socket, close)
    },
    find: memory.recall,
    list: () => [...live],
    follow(server) {
      server.on('session', followSession)
      guardRequests(server, mayPass)
    },
    closeRefused,
  }
}

function expired(): PeerGateError {
  const fault = 'the certificate has expired while its connection was open'
  return new PeerGateError('ERR_PEERGATE_CERTIFICATE_EXPIRED', fault)
}
