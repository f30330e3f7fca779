import type { ServerHttp2Stream } from 'node:http2'
import type { Server } from 'node:tls'
import { guardEmit } from './guard-emit.js'
import type { Emitter } from './guard-emit.js'

/** A request that a server hands over, or the whole connection, by one event or another. */
interface Arrival {
  readonly event: string
  readonly socket: object
  /** What came: a request has headers, which Node makes when they are first read. */
  readonly from: { readonly headers?: unknown }
  /** The response or, where they upgrade the connection, the socket itself; the session of HTTP/2. */
  readonly answer: unknown
}

/** Whether a request may reach the listeners of its server. */
export type MayPass = (arrival: Arrival) => boolean

/**
 * Lets only those requests reach the listeners of `server` that `mayPass`, on whatever event.
 *
 * Nothing less stops Node: a listener cannot stop those behind it, and of requests that arrived
 * together every one is emitted, even after the first has destroyed the socket.
 */
export function guardRequests(server: Server, mayPass: MayPass): void {
  guardEmit(server, (event, first, second) => {
    const arrival = readArrival(event, first, second)
    return arrival === null || mayPass(arrival)
  })
}

/**
 * Takes all streams of an HTTP/2 session away from its listeners, and those of its server.
 *
 * At the session and not at the server: whoever has the session can listen to it itself, and a stream
 * whose session was destroyed behind it no longer says which connection it came by.
 *
 * @param take is given each stream, and the headers of its request.
 */
export function takeStreams(
  session: Emitter,
  take: (stream: ServerHttp2Stream, headers: unknown) => void,
): void {
  guardEmit(session, (event, stream, headers) => {
    if (event !== 'stream') return true
    take(stream as ServerHttp2Stream, headers)
    return false
  })
}

function readArrival(event: unknown, first: unknown, second: unknown): Arrival | null {
  // Of all events the most frequent.
  if (event === 'request') return arrivalOf(event, first, second)
  // Whoever speaks neither protocol of the server is handed over as a bare connection.
  if (event === 'unknownProtocol') return arrivalOf(event, { socket: first }, first)
  if (event === 'session') return arrivalOf(event, first, first)
  return requestEvents.has(event) ? arrivalOf(event as string, first, second) : null
}

/** The other events by which Node hands over a request; each request comes by one of them. */
const requestEvents: ReadonlySet<unknown> = new Set([
  'checkContinue',
  'checkExpectation',
  'connect',
  'upgrade',
  // A request beyond `maxRequestsPerSocket`, which Node answers with 503 itself.
  'dropRequest',
])

function arrivalOf(event: string, from: unknown, answer: unknown): Arrival | null {
  const { socket } = (from ?? {}) as Partial<Arrival>
  if (typeof socket !== 'object' || socket === null) return null
  return { event, socket, from: from as Arrival['from'], answer }
}
