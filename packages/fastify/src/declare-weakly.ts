import type { PeerGate } from '@peergate/core'
import type { RouteGuards } from './route-guards.js'

/**
 * Tells the gate of the routes of one registration, and gives what takes them back. A gate outlives its
 * applications: one that is dropped without being closed must not stay in memory, nor be waited for.
 */
export function declareWeakly(
  gate: Pick<PeerGate, 'declareRoutes'>,
  guards: Pick<RouteGuards, 'isComplete' | 'list'>,
): () => void {
  const held = new WeakRef(guards)
  return gate.declareRoutes({
    routes: () => held.deref()?.list() ?? [],
    isComplete: () => held.deref()?.isComplete() ?? true,
  })
}
