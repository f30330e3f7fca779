import assert from 'node:assert/strict'
import { PeerGateError } from '@peergate/core'
import type { PeerEvidence, PeerSource, RequestLike } from '@peergate/core'

/** What `source` proves of the peer of `request`: its trust set and assurance, or the refusal's code. */
export function readPeer(source: PeerSource, request: unknown): string {
  const peer = source.read(request as RequestLike)
  if (peer instanceof PeerGateError) return peer.code
  assert.ok(!('refusal' in peer))
  return `${peer.assurance} ${peer.trustSet}`
}

export function acceptedPeer(source: PeerSource, request: RequestLike): PeerEvidence {
  const peer = source.read(request)
  assert.ok(!(peer instanceof PeerGateError) && !('refusal' in peer))
  return peer
}
