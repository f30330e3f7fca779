import type { Server } from 'node:tls'

/** A request that a server hands over, by one event or another. */
export interface Arrival {
  readonly event: string
  readonly socket: object
  /** The headers; of HTTP/2 with those that begin with a colon. */
  readonly headers: unknown
  /** The response or, where they upgrade the connection, the socket itself; the stream of HTTP/2. */
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
  const emit = server.emit.bind(server) as (event: unknown, ...values: unknown[]) => boolean
  Object.defineProperty(server, 'emit', {
    configurable: true,
    writable: true,
    value(event: unknown, ...values: unknown[]): boolean {
      const arrival = event === 'stream' ? readStream(values) : readRequest(event, values)
      if (arrival !== null && !mayPass(arrival)) return true
      return emit(event, ...values)
    },
  })
}

/** The events by which Node hands over a request; each request comes by one of them. */
const requestEvents: ReadonlySet<unknown> = new Set([
  'request',
  'checkContinue',
  'checkExpectation',
  'connect',
  'upgrade',
])

function readRequest(event: unknown, [request, answer]: unknown[]): Arrival | null {
  if (!requestEvents.has(event)) return null
  const { socket, headers } = (request ?? {}) as Partial<Arrival>
  return isObject(socket) ? { event: event as string, socket, headers, answer } : null
}

/** What Node makes a request of for those who listen to `request`; others may listen to it itself. */
function readStream([stream, headers]: unknown[]): Arrival | null {
  const { session } = (stream ?? {}) as { readonly session?: { readonly socket?: unknown } }
  const socket = session?.socket
  return isObject(socket) ? { event: 'stream', socket, headers, answer: stream } : null
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
