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
  /** The responses in progress on HTTP/1, in the order of their requests; only the first is being sent. */
  readonly responses: Set<ServerResponse>
  /** Whether its peer is no longer accepted, which is told once. */
  isDismissed: boolean
  /** Set for good by {@link closeConnection}. */
  isClosing: boolean
}

export function createLiveConnection(socket: TLSSocket, peer: CapturedPeer): LiveConnection {
  return { socket, peer, session: null, responses: new Set(), isDismissed: false, isClosing: false }
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
  const { socket, session, responses, isClosing } = connection
  if (session !== null) return true
  // Whoever listens to `checkContinue` hands the same request over again, as `request`.
  if (answer instanceof ServerResponse && responses.has(answer)) return true
  if (isClosing) {
    if (responses.size === 0) socket.destroySoon()
    return false
  }
  // An upgrade has no response.
  if (answer instanceof ServerResponse) followResponse(connection, answer)
  return true
}

function followResponse(connection: LiveConnection, response: ServerResponse): void {
  connection.responses.add(response)
  ;(response as FollowedResponse)[connectionKey] = connection
  response.on('close', forgetResponse)
}

const connectionKey = Symbol('peergate.connection')

/** Which connection an answer goes to, for the one listener of all answers. */
type FollowedResponse = ServerResponse & { [connectionKey]: LiveConnection }

function forgetResponse(this: FollowedResponse): void {
  const { socket, responses, isClosing } = this[connectionKey]
  responses.delete(this)
  if (isClosing && responses.size === 0) socket.end()
}

/**
 * Ends a connection: by GOAWAY on HTTP/2, and on HTTP/1 behind the answers in progress, at once where
 * there are none. Whatever is left after `within` milliseconds is cut off.
 */
export function closeConnection(connection: LiveConnection, within: number): void {
  const { socket, session, responses } = connection
  connection.isClosing = true
  if (session !== null) session.close()
  else if (responses.size === 0) socket.end()
  else announceClose([...responses].at(-1))
  const timer = setTimeout(() => socket.destroy(), within).unref()
  socket.once('close', () => clearTimeout(timer))
}

/** A client that is told does not send its next request into a connection that ends. */
function announceClose(last: ServerResponse | undefined): void {
  if (last?.headersSent === false) last.setHeader('connection', 'close')
}
