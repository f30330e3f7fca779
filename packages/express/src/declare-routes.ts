import { PeerGateError } from '@peergate/core'
import type { AnyHandler, Middleware } from './middleware.js'
import { assignRole, roleOf } from './role.js'

/**
 * States the requirement of a handler whose routes cannot be seen: a sub-application, static files,
 * a handler that answers by itself.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID if `requirement` was not made by
 * `requirePermission`, `authenticated` or `publicRoute`
 *
 * @example
 * ```ts
 * app.use('/files', declareRoutes(express.static('files'), authenticated(gate)))
 * ```
 */
export function declareRoutes(handler: AnyHandler, requirement: Middleware): Middleware {
  if (typeof handler !== 'function' || roleOf(requirement) !== 'requirement') {
    const fault =
      'declareRoutes takes a handler and requirePermission(…), authenticated(…) or publicRoute(…)'
    throw new PeerGateError('ERR_PEERGATE_OPTION_INVALID', fault)
  }
  return assignRole('declared', function declaredRoutes(req, res, next) {
    requirement(req, res, (refused?: unknown) => {
      if (refused !== undefined) return next(refused)
      const prototypes = [Object.getPrototypeOf(req), Object.getPrototypeOf(res)] as const
      return (handler as Middleware)(req, res, (error?: unknown) => {
        // A sub-application leaves its own prototypes behind.
        Object.setPrototypeOf(req, prototypes[0])
        Object.setPrototypeOf(res, prototypes[1])
        next(error)
      })
    })
  })
}

/**
 * States that a middleware only ever calls `next`, as loggers and parsers do. Whether it does cannot
 * be seen, so that this is your word for it.
 */
export function passThrough(middleware: AnyHandler): Middleware {
  return assignRole('passing', (req, res, next) => (middleware as Middleware)(req, res, next))
}
