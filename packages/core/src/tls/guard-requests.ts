import type { Server } from 'node:tls'

/**
 * Whether a request that came over `socket` may reach the listeners of its server. `answer` is the
 * response or, where they upgrade the connection, the socket itself.
 */
export type MayPass = (socket: object, answer: unknown) => boolean

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
      if (requestEvents.has(event)) {
        const [request, answer] = values as [{ readonly socket?: unknown } | undefined, unknown]
        const socket = request?.socket
        if (typeof socket === 'object' && socket !== null && !mayPass(socket, answer)) return true
      }
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
