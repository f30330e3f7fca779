import { channel } from 'node:diagnostics_channel'
import type { Channel } from 'node:diagnostics_channel'
import type { GateEventType } from './gate-event.js'

/**
 * The name of the `node:diagnostics_channel` on which the events of each type are published, for every
 * gate of the process. A subscriber that throws there ends the process, by Node's rule:
 * {@link onGateEvent} contains what it throws.
 */
export const gateChannels: Readonly<Record<GateEventType, string>> = Object.freeze({
  'connection-accepted': 'peergate:tls:connection-accepted',
  'connection-closed': 'peergate:tls:connection-closed',
  'handshake-refused': 'peergate:tls:handshake-refused',
  'identity-absent': 'peergate:identity:absent',
  'identity-accepted': 'peergate:identity:accepted',
  'identity-rejected': 'peergate:identity:rejected',
  'permission-allowed': 'peergate:permission:allowed',
  'permission-denied': 'peergate:permission:denied',
  'reload-done': 'peergate:reload:done',
  'reload-failed': 'peergate:reload:failed',
})

/** Held here, since Node forgets a channel that nobody holds, and its subscribers with it. */
export const channels: Readonly<Record<GateEventType, Channel>> = Object.freeze(
  Object.fromEntries(Object.entries(gateChannels).map(([type, name]) => [type, channel(name)])),
) as Record<GateEventType, Channel>

/** Whether anybody listens to what a request causes. Asked about every request, so that it is written out. */
export function areRequestsHeard(): boolean {
  return (
    accepted.hasSubscribers ||
    absent.hasSubscribers ||
    rejected.hasSubscribers ||
    allowed.hasSubscribers ||
    denied.hasSubscribers
  )
}

const {
  'identity-accepted': accepted,
  'identity-absent': absent,
  'identity-rejected': rejected,
  'permission-allowed': allowed,
  'permission-denied': denied,
} = channels
