import { PeerGateError } from '@peergate/core'
import type { PeerGateErrorCode } from '@peergate/core'
import { askGates } from './app-gates.js'
import { findFaults } from './find-faults.js'
import { countChanges, freezeRoutes } from './freeze-routes.js'
import type { AppLike } from './middleware.js'
import { findMisplacement } from './mount.js'
import { routerOf } from './router.js'
import type { RouterLike } from './router.js'

/**
 * Checks that every route of `app` states a requirement behind `clientIdentity`, and that nothing
 * which cannot be seen into is left undeclared; then lets its gate compare them with the policy, as
 * `gate.checkRoutes()`. `clientIdentity` finds the same at the first request; this moves it to boot.
 *
 * @throws {PeerGateError} ERR_PEERGATE_ROUTE_UNDECLARED or ERR_PEERGATE_AUDIT_FAILED, whose `detail`
 * names every finding
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
  if (misplacement !== null) return report(undeclared, [misplacement])
  const router = routerOf(app)
  if (passed.get(router) === countChanges()) return null
  const findings = [...findFaults(router)]
  if (findings.length > 0) return report(undeclared, findings)
  freezeRoutes(router)
  const unfit = askGates(app)
  if (unfit !== null) {
    if (!passed.has(router) || !isFinding(unfit)) return report(unfit.code, [unfit.detail])
    warn('the routes of a running application and the policy do not fit together', unfit, [
      unfit.detail,
    ])
  }
  passed.set(router, countChanges())
  return null
}

/** Whether it is about the policy, which may change, or a grant of it end, while the application runs. */
function isFinding({ code, cause }: PeerGateError): boolean {
  return code === 'ERR_PEERGATE_AUDIT_FAILED' && cause === undefined
}

const passed = new WeakMap<RouterLike, number>()

const undeclared = 'ERR_PEERGATE_ROUTE_UNDECLARED'

/** Findings are a process warning too, once each, since no client is told of them. */
function report(code: PeerGateErrorCode, findings: readonly string[]): PeerGateError {
  const error = new PeerGateError(code, findings.join('; '))
  const remedy =
    code === undeclared ? 'all routes are closed' : 'its routes and the policy fit together'
  warn(`the application answers every request with 500, until ${remedy}`, error, findings)
  return error
}

function warn(
  warning: string,
  { code, detail: text }: PeerGateError,
  findings: readonly string[],
): void {
  if (warned.has(text)) return
  warned.add(text)
  const detail = findings.map((finding) => `- ${finding}`).join('\n')
  process.emitWarning(warning, { type: 'PeergateWarning', code, detail })
}

const warned = new Set<string>()
