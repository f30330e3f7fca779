import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Session } from 'node:http2'
import type { Server, TLSSocket } from 'node:tls'
import type { CapturedPeer } from './captured-peer.js'
import { createConnectionMemory } from './connection-memory.js'

/** The accepted connections that are open now. */
export interface LiveConnections {
  /** `endsAt`: when the connection is closed of itself, in epoch milliseconds; null for never. */
  readonly add: (socket: TLSSocket, peer: CapturedPeer, endsAt: number | null) => void
  /** The peer of a connection; undefined for one that was not accepted here. */
  readonly peerOf: (socket: object) => CapturedPeer | undefined
  /** Follows the requests of a server, which must not be cut off while they are answered. */
  readonly follow: (server: Server) => void
  /**
   * Closes the connections that `isRefused`: the requests in progress are answered,
   * and what is not answered within the bound is cut off.
   */
  readonly close: (isRefused: (peer: CapturedPeer) => boolean) => void
  /** Closes one connection, in the same way. */
  readonly closeOf: (socket: object) => void
}

interface LiveConnection {
  readonly socket: TLSSocket
  readonly peer: CapturedPeer
  session: ServerHttp2Session | null
  /** Responses in progress on HTTP/1, of which there is at most one that is being sent. */
  responses: number
  isClosing: boolean
}

/** `within` is how long, in milliseconds, a connection that is being closed may still answer. */
export function createLiveConnections(within: number): LiveConnections {
  const memory = createConnectionMemory<LiveConnection>()
  const live = new Set<LiveConnection>()

  function followSession(session: ServerHttp2Session): void {
    const connection = memory.recall(session.socket)
    if (connection !== undefined) connection.session = session
  }

  function followRequest({ socket }: IncomingMessage, response: ServerResponse): void {
    const connection = memory.recall(socket)
    if (connection === undefined || connection.session !== null) return
    connection.responses += 1
    if (connection.isClosing) response.setHeader('connection', 'close')
    response.once('close', () => {
      connection.responses -= 1
      if (connection.isClosing && connection.responses === 0) connection.socket.end()
    })
  }

  return {
    add(socket, peer, endsAt) {
      const connection = { socket, peer, session: null, responses: 0, isClosing: false }
      memory.remember(socket, connection)
      live.add(connection)
      socket.once('close', () => live.delete(connection))
      if (endsAt !== null) closeAt(connection, endsAt, within)
    },
    peerOf: (socket) => memory.recall(socket)?.peer,
    follow(server) {
      server.on('session', followSession)
      server.prependListener('request', followRequest)
    },
    close(isRefused) {
      for (const connection of live) {
        if (!connection.isClosing && isRefused(connection.peer)) closeOne(connection, within)
      }
    },
    closeOf(socket) {
      const connection = memory.recall(socket)
      if (connection?.isClosing === false) closeOne(connection, within)
    },
  }
}

/** A timer of Node runs for 2³¹ − 1 milliseconds at most, which certificates outlive. */
function closeAt(connection: LiveConnection, time: number, within: number): void {
  const rest = time - Date.now()
  const timer = setTimeout(
    () => {
      /* c8 ignore next -- only after 24 days */
      if (Date.now() < time) closeAt(connection, time, within)
      else if (!connection.isClosing) closeOne(connection, within)
    },
    Math.min(rest, 2 ** 31 - 1),
  ).unref()
  connection.socket.once('close', () => clearTimeout(timer))
}

/** GOAWAY on HTTP/2; on HTTP/1 the end of the connection, at once where nothing is being answered. */
function closeOne(connection: LiveConnection, within: number): void {
  const { socket, session, responses } = connection
  connection.isClosing = true
  if (session !== null) session.close()
  else if (responses === 0) socket.end()
  const timer = setTimeout(() => socket.destroy(), within).unref()
  socket.once('close', () => clearTimeout(timer))
}
