import { ServerResponse } from 'node:http'
import type { ServerHttp2Session } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { CapturedPeer } from './captured-peer.js'

/** A connection that was accepted. */
export interface LiveConnection {
  readonly socket: TLSSocket
  readonly peer: CapturedPeer
  /** Null for HTTP/1. */
  session: ServerHttp2Session | null
  /** How many responses are in progress on HTTP/1. They are sent in the order of their requests. */
  inProgress: number
  /** The last of them; null where there is none. */
  lastResponse: ServerResponse | null
  /** Whether its peer is no longer accepted, which is told once. */
  isDismissed: boolean
  /** Set for good by {@link closeConnection}. */
  isClosing: boolean
}

export function createLiveConnection(socket: TLSSocket, peer: CapturedPeer): LiveConnection {
  return {
    socket,
    peer,
    session: null,
    inProgress: 0,
    lastResponse: null,
    isDismissed: false,
    isClosing: false,
  }
}

/** Whether there is a connection left to be closed. */
export function isOpen({ socket, isClosing }: LiveConnection): boolean {
  return !isClosing && !socket.destroyed
}

/**
 * Whether a request may be performed, which is then in progress until its `answer` is sent. On a
 * connection that is closing none may be: its peer is not accepted any more, and what comes behind an
 * answer that announced the close must not be (RFC 9112 §9.6). On HTTP/2 Node itself refuses the
 * streams that come behind GOAWAY.
 */
export function takeRequest(connection: LiveConnection, answer: unknown): boolean {
  if (connection.session !== null) return true
  // An upgrade has no response.
  const response = answer instanceof ServerResponse ? (answer as FollowedResponse) : null
  // Whoever listens to `checkContinue` hands the same request over again, as `request`.
  if (response?.[connectionKey] === connection) return true
  if (connection.isClosing) {
    if (connection.inProgress === 0) connection.socket.destroySoon()
    return false
  }
  if (response !== null) followResponse(connection, response)
  return true
}

function followResponse(connection: LiveConnection, response: FollowedResponse): void {
  connection.inProgress += 1
  connection.lastResponse = response
  response[connectionKey] = connection
  response.on('close', forgetResponse)
}

const connectionKey = Symbol('peergate.connection')

/** Which connection an answer in progress goes to, for the one listener of all answers. */
type FollowedResponse = ServerResponse & { [connectionKey]: LiveConnection | null }

function forgetResponse(this: FollowedResponse): void {
  const { [connectionKey]: connection } = this
  // Node can be made to emit it twice.
  if (connection === null) return
  this[connectionKey] = null
  connection.inProgress -= 1
  if (connection.inProgress > 0) return
  connection.lastResponse = null
  if (connection.isClosing) connection.socket.end()
}

/**
 * Ends a connection: by GOAWAY on HTTP/2, and on HTTP/1 behind the answers in progress, at once where
 * there are none. Whatever is left after `within` milliseconds is cut off.
 */
export function closeConnection(connection: LiveConnection, within: number): void {
  const { socket, session, lastResponse } = connection
  connection.isClosing = true
  if (session !== null) session.close()
  else if (lastResponse === null) socket.end()
  else announceClose(lastResponse)
  const timer = setTimeout(() => socket.destroy(), within).unref()
  socket.once('close', () => clearTimeout(timer))
}

/** A client that is told does not send its next request into a connection that ends. */
function announceClose(last: ServerResponse): void {
  if (!last.headersSent) last.setHeader('connection', 'close')
}
