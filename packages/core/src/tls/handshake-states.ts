import type { Socket } from 'node:net'
import type { Server, TLSSocket } from 'node:tls'
import type { TrustState } from './trust-state.js'

/** Under which trust state the handshakes of a server began. */
export interface HandshakeStates {
  readonly follow: (server: Server) => void
  /** Null where it cannot be told. */
  readonly stateOf: (socket: TLSSocket) => TrustState | null
}

/** A connection that is open, and the trust state when it arrived. */
interface Arrival {
  readonly socket: Socket
  readonly state: TrustState
  /** The addresses and ports of both ends, once they were asked for. */
  ends: string | null
}

/**
 * Node gives a connection its TLS context when it arrives, so that a handshake can end after the
 * context was replaced, with the verdict of the old one.
 *
 * As long as all open connections arrived under one state, it is that one. The TLS socket does not lead
 * to the socket that arrived, but both have the addresses and ports of both ends, which no other open
 * connection has: by these they are told apart when there is more than one state.
 */
export function createHandshakeStates(current: () => TrustState): HandshakeStates {
  const counts = new Map<TrustState, number>()
  const unread = new Set<Arrival>()
  const byEnds = new Map<string, Arrival>()

  function count(state: TrustState, step: 1 | -1): void {
    const left = (counts.get(state) ?? 0) + step
    if (left > 0) counts.set(state, left)
    else counts.delete(state)
  }

  function remember(socket: Socket): void {
    const arrival: Arrival = { socket, state: current(), ends: null }
    count(arrival.state, 1)
    unread.add(arrival)
    socket.once('close', () => forget(arrival))
  }

  function forget(arrival: Arrival): void {
    const { state, ends } = arrival
    count(state, -1)
    unread.delete(arrival)
    if (ends !== null && byEnds.get(ends) === arrival) byEnds.delete(ends)
  }

  function readEnds(): void {
    for (const arrival of unread) {
      arrival.ends = endsOf(arrival.socket)
      if (arrival.ends !== null) byEnds.set(arrival.ends, arrival)
    }
    unread.clear()
  }

  return {
    follow: (server) => void server.prependListener('connection', remember),
    stateOf(socket) {
      const [only = null] = counts.keys()
      if (counts.size < 2) return only
      readEnds()
      return byEnds.get(endsOf(socket) ?? '')?.state ?? null
    },
  }
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string | null {
  if (remoteAddress === undefined) return null
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}
