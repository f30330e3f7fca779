import type { ServerHttp2Session } from 'node:http2'
import type { Server, TLSSocket } from 'node:tls'
import { PeerGateError } from '../errors.js'
import type { RolloutMode } from '../rollout-mode.js'
import { callAfter } from './call-after.js'
import type { CapturedPeer } from './captured-peer.js'
import { createConnectionMemory } from './connection-memory.js'
import { closeConnection, createLiveConnection, isOpen } from './live-connection.js'
import type { LiveConnection } from './live-connection.js'
import type { RefusalReport } from './refusal-report.js'
import { refusePeer } from './refuse-peer.js'

/** The accepted connections of a TLS gate. */
export interface LiveConnections {
  readonly add: (socket: TLSSocket, peer: CapturedPeer) => void
  /** Undefined for a connection that was not accepted here. */
  readonly find: (socket: object) => LiveConnection | undefined
  /** Those that are there now. */
  readonly list: () => readonly LiveConnection[]
  readonly count: () => number
  readonly follow: (server: Server) => void
  /**
   * Closes a connection whose peer is no longer accepted, or leaves it open in the mode `observe`, and
   * reports it the first time.
   */
  readonly closeRefused: (connection: LiveConnection, error: PeerGateError) => void
}

export function createLiveConnections(options: {
  /** For how many milliseconds a connection that is being closed may still answer. */
  readonly closeWithin: number
  readonly closeAtExpiry: boolean
  readonly mode: RolloutMode
  readonly report: RefusalReport
}): LiveConnections {
  const { closeWithin, closeAtExpiry, mode, report } = options
  const memory = createConnectionMemory<LiveConnection>()
  const live = new Set<LiveConnection>()

  function closeRefused(connection: LiveConnection, error: PeerGateError): void {
    if (connection.isDismissed || !isOpen(connection)) return
    connection.isDismissed = true
    live.delete(connection)
    const { socket, peer } = connection
    const { certificate } = peer
    const isEnforced = mode !== 'observe'
    const close = () => (isEnforced ? closeConnection(connection, closeWithin) : undefined)
    report.closed(refusePeer({ error, socket, certificate, close }), isEnforced, certificate)
  }

  function followSession(session: ServerHttp2Session): void {
    const connection = memory.recall(session.socket)
    if (connection !== undefined) connection.session = session
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
    count: () => live.size,
    follow: (server) => void server.on('session', followSession),
    closeRefused,
  }
}

function expired(): PeerGateError {
  const fault = 'the certificate has expired while its connection was open'
  return new PeerGateError('ERR_PEERGATE_CERTIFICATE_EXPIRED', fault)
}
