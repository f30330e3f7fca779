import { PeerGateError } from '@peergate/core'
import type { DeclaredRoute, PeerGate } from '@peergate/core'
import { countChanges } from './freeze-routes.js'
import { listRoutes } from './list-routes.js'
import type { AppLike } from './middleware.js'
import { routerOf } from './router.js'

/**
 * Tells `gate` of the routes of `app`, once.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID if another gate was told of them
 */
export function tellGate(gate: PeerGate, app: AppLike): void {
  const known = gateByApp.get(app)
  if (known === gate) return
  if (known !== undefined) {
    const fault = 'clientIdentity: the application has another gate: one gate guards an application'
    throw new PeerGateError('ERR_PEERGATE_OPTION_INVALID', fault)
  }
  gateByApp.set(app, gate)
  // The gate may live longer than its applications.
  const held = new WeakRef(app)
  gate.declareRoutes({
    routes: createList(gate, held),
    isComplete() {
      const alive = held.deref()
      return alive === undefined || audited.has(alive)
    },
  })
}

/** Lists the routes of `app` anew only where something may have changed. */
function createList(gate: PeerGate, held: WeakRef<AppLike>): () => readonly DeclaredRoute[] {
  let listed: { readonly routes: readonly DeclaredRoute[]; readonly changes: number } | null = null
  return () => {
    const app = held.deref()
    if (app === undefined) return []
    if (listed?.changes === countChanges()) return listed.routes
    const routes = [...listRoutes(routerOf(app), gate)]
    if (audited.has(app)) listed = { routes, changes: countChanges() }
    return routes
  }
}

/** What the gate of an application says against its routes, which were audited; null if nothing. */
export function askGates(app: AppLike): PeerGateError | null {
  audited.add(app)
  try {
    gateByApp.get(app)?.checkRoutes()
    return null
  } catch (cause) {
    if (cause instanceof PeerGateError) return cause
    const fault = 'the routes that the gate was told of could not be listed'
    return new PeerGateError('ERR_PEERGATE_AUDIT_FAILED', fault, { cause })
  }
}

const gateByApp = new WeakMap<AppLike, PeerGate>()
const audited = new WeakSet<AppLike>()
