import type { TLSSocket } from 'node:tls'
import { PeerGateError } from '../errors.js'
import { readPresentedLeaf, refusalOf, refuseUnverified } from './accepted-peer.js'
import type { PresentedLeaf } from './accepted-peer.js'
import { capturePeer } from './captured-peer.js'
import type { CapturedPeer } from './captured-peer.js'
import type { HandshakeStates } from './handshake-states.js'
import type { HostName } from './host-options.js'
import type { ServerNames } from './server-names.js'
import type { TrustState } from './trust-state.js'
import { unverifiedPeerOf } from './unverified-peer.js'
import type { DescribeUnverified } from './unverified-peer.js'

/** By what a new connection is judged. */
export interface AcceptanceRules {
  readonly current: () => TrustState
  readonly names: ServerNames
  readonly handshakes: HandshakeStates
  readonly mayResume: boolean
}

/** A peer whose handshake succeeded and who is not accepted. */
export interface RefusedPeer {
  readonly error: PeerGateError
  /** What was presented, if it could be read. */
  readonly leaf: PresentedLeaf | null
  readonly describeUnverified: DescribeUnverified
}

/** Judges the peer of a connection whose handshake has just succeeded. Never throws. */
export function acceptConnection(
  socket: TLSSocket,
  rules: AcceptanceRules,
): CapturedPeer | RefusedPeer {
  const { current, names, handshakes, mayResume } = rules
  let host: HostName | undefined
  let leaf: PresentedLeaf | null = null
  try {
    if (socket.isSessionReused()) refuseResumption(mayResume)
    else names.refuseForeignContext(socket)
    host = names.hostOf(socket)
    leaf = readPresentedLeaf(socket)
    refuseUnverified(socket, leaf)
    const verified = names.stateOf(socket, handshakes.stateOf(socket))
    const peer = capturePeer(leaf, host, verified)
    refuseUnaccepted(peer, current())
    return peer
  } catch (cause) {
    const clientCas = host === undefined ? null : current().clientCasOf(host)
    return { error: refusalOf(cause), leaf, describeUnverified: describe(leaf, clientCas) }
  }
}

function describe(
  leaf: PresentedLeaf | null,
  clientCas: Parameters<typeof unverifiedPeerOf>[1],
): DescribeUnverified {
  return leaf === null ? () => null : unverifiedPeerOf(leaf, clientCas)
}

/** Where no tickets are issued, a resumed session was made by somebody else's keys. */
function refuseResumption(isAllowed: boolean): void {
  if (isAllowed) return
  const fault =
    'the peer resumed a TLS session, and this gate issues none; leave ticket keys to it, or set resumption'
  throw new PeerGateError('ERR_PEERGATE_SESSION_RESUMED', fault)
}

function refuseUnaccepted(peer: CapturedPeer, state: TrustState): void {
  const verdict = peer.judge(state, Date.now)
  if (verdict instanceof PeerGateError) throw verdict
}
