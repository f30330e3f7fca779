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

/** Who sends the requests that come over a connection, by the port that it comes from. */
const sentBy = new Map<number, PeerEvidence>()

/** Believes from now on that whoever connects from `port` is `peer`; gives what ends that. */
export function bypassFor(port: number, peer: PeerEvidence): () => void {
  sentBy.set(port, peer)
  return () => void sentBy.delete(port)
}

function read({ socket }: RequestLike): PeerEvidence | PeerGateError {
  const { remotePort = 0 } = (socket ?? {}) as { readonly remotePort?: number }
  const peer = isProduction() ? undefined : sentBy.get(remotePort)
  if (peer !== undefined) return peer
  const detail = 'the TLS gate is bypassed, and nobody is known but whom withClientIdentity names'
  return new PeerGateError('ERR_PEERGATE_CERTIFICATE_MISSING', detail)
}
