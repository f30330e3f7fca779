import type { Socket } from 'node:net'
import { PeerGateError } from '@peergate/core'
import type { PeerEvidence, PeerSource, RequestLike } from '@peergate/core'
import { isProduction, refuseProduction } from './refuse-production.js'

/**
 * The source of a gate whose application is tested without TLS: what {@link withClientIdentity} says who
 * sends a request is believed, and nothing else is. Every identity of it has `source: 'bypassed'`.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where `NODE_ENV` is `production`; if it is set
 * later, every request is refused
 *
 * @example
 * ```ts
 * const gate = createPeerGate({ source: bypassedSource(), identity, policy })
 * ```
 */
export function bypassedSource(): PeerSource {
  refuseProduction('bypassedSource')
  return Object.freeze({ name: 'bypassed', read })
}

/** Who sends the requests that come over a connection, by the two ends of it. */
const sentBy = new Map<string, PeerEvidence>()

/** The ends of a connection on the loopback interface, as the server sees them. */
export interface BypassedConnection {
  readonly localPort: number
  readonly remotePort: number
}

/** Believes from now on that whoever connects so is `peer`; gives what ends that. */
export function bypassFor(connection: BypassedConnection, peer: PeerEvidence): () => void {
  const key = keyOf({ ...connection, remoteAddress: '127.0.0.1' })
  sentBy.set(key, peer)
  return () => void sentBy.delete(key)
}

function keyOf({ localPort, remotePort, remoteAddress }: Partial<Socket>): string {
  return `${localPort} ${remoteAddress} ${remotePort}`
}

function read({ socket }: RequestLike): PeerEvidence | PeerGateError {
  const peer = isProduction() ? undefined : sentBy.get(keyOf(socket ?? {}))
  if (peer !== undefined) return peer
  const detail = 'the TLS gate is bypassed, and nobody is known but whom withClientIdentity names'
  return new PeerGateError('ERR_PEERGATE_CERTIFICATE_MISSING', detail)
}
