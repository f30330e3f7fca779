import { PeerGateError } from '@peergate/core'
import { findFaults } from './find-faults.js'
import { countChanges, freezeRoutes } from './freeze-routes.js'
import type { AppLike } from './middleware.js'
import { findMisplacement } from './mount.js'
import { routerOf } from './router.js'
import type { RouterLike } from './router.js'

/**
 * Checks that every route of `app` states a requirement behind `clientIdentity`, and that nothing
 * which cannot be seen into is left undeclared. `clientIdentity` finds the same at the first request;
 * this moves it to boot.
 *
 * @throws {PeerGateError} ERR_PEERGATE_ROUTE_UNDECLARED, whose `detail` names every finding
 *
 * @example
 * ```ts
 * app.use(denyUnmatched(gate))
 * auditRoutes(app)
 * ```
 */
export function auditRoutes(app: AppLike): void {
  const fault = auditOf(app)
  if (fault !== null) throw fault
}

/**
 * What is wrong with the routes of `app`; null if nothing is. After that they are frozen, and the
 * audit is repeated only when Express has added to them.
 */
export function auditOf(app: AppLike): PeerGateError | null {
  const misplacement = findMisplacement(app)
  if (misplacement !== null) return report([misplacement])
  const router = routerOf(app)
  if (passed.get(router) === countChanges()) return null
  const findings = [...findFaults(router)]
  if (findings.length > 0) return report(findings)
  freezeRoutes(router)
  passed.set(router, countChanges())
  return null
}

const passed = new WeakMap<RouterLike, number>()

/** Findings are a process warning too, once each, since no client is told of them. */
function report(findings: readonly string[]): PeerGateError {
  const error = new PeerGateError('ERR_PEERGATE_ROUTE_UNDECLARED', findings.join('; '))
  if (!warned.has(error.detail)) {
    warned.add(error.detail)
    const warning = 'the application answers every request with 500, until all routes are closed'
    const detail = findings.map((finding) => `- ${finding}`).join('\n')
    process.emitWarning(warning, { type: 'PeergateWarning', code: error.code, detail })
  }
  return error
}

const warned = new Set<string>()
