import { PeerGateError } from '@peergate/core'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { assignEnforcement, enforcementOf } from './enforcement.js'
import { handOn } from './hand-on.js'
import type { AnyHandler, Middleware, Next } from './middleware.js'
import { assignRole, roleOf } from './role.js'
import { isErrorHandler } from './router.js'

/**
 * States the requirement of a handler whose routes cannot be seen: a sub-application, static files,
 * a handler that answers by itself.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID if `requirement` was not made by
 * `requirePermission`, `authenticated` or `publicRoute`, or `handler` handles errors
 *
 * @example
 * ```ts
 * app.use('/files', declareRoutes(express.static('files'), authenticated(gate)))
 * ```
 */
export function declareRoutes(handler: AnyHandler, requirement: Middleware): Middleware {
  const enforcement = roleOf(requirement) === 'requirement' ? enforcementOf(requirement) : undefined
  if (!isMiddleware(handler) || enforcement === undefined) {
    const fault =
      'declareRoutes takes a handler and requirePermission(…), authenticated(…) or publicRoute(…)'
    throw new PeerGateError('ERR_PEERGATE_OPTION_INVALID', fault)
  }
  const { enforce } = enforcement
  const lead: Middleware = handler
  function declaredRoutes(...[req, res, next]: Parameters<Middleware>): void {
    enforce(declaredRoutes, req, res, (refused) => {
      if (refused === undefined) void leadTo(lead, req, res, next)
      else next(refused)
    })
  }
  return assignEnforcement('declared', enforcement, declaredRoutes)
}

/** Hands on what `handler` throws, or its promise rejects with, as Express 5 does. */
async function leadTo(
  handler: (...inputs: Parameters<Middleware>) => unknown,
  ...[req, res, next]: Parameters<Middleware>
): Promise<void> {
  try {
    await handler(req, res, restorePrototypes(req, res, next))
  } catch (error) {
    handOn(error, next, 'a declared handler threw nothing')
  }
}

/** `next`, without the prototypes that a sub-application leaves behind. */
function restorePrototypes(req: IncomingMessage, res: ServerResponse, next: Next): Next {
  const prototypes = [Object.getPrototypeOf(req), Object.getPrototypeOf(res)] as const
  return (error) => {
    Object.setPrototypeOf(req, prototypes[0])
    Object.setPrototypeOf(res, prototypes[1])
    return next(error)
  }
}

/**
 * States that a middleware only ever calls `next`, as loggers and parsers do. Whether it does cannot
 * be seen, so that this is your word for it. It may rewrite the URL: a requirement that was given to
 * `use` with a path does not count for the routes after it.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for routers, applications and error handlers
 *
 * @example
 * ```ts
 * app.use(passThrough(express.json()))
 * ```
 */
export function passThrough(middleware: AnyHandler): Middleware {
  if (!isMiddleware(middleware) || 'handle' in middleware) {
    const fault = 'passThrough takes middleware; declareRoutes is for applications and routers'
    throw new PeerGateError('ERR_PEERGATE_OPTION_INVALID', fault)
  }
  return assignRole('passing', (req, res, next) => middleware(req, res, next))
}

/** Whether Express would call `handler` with a request. */
function isMiddleware(handler: unknown): handler is Middleware {
  return typeof handler === 'function' && !isErrorHandler(handler)
}
