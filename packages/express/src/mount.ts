import type { IncomingMessage, ServerResponse } from 'node:http'
import { makePlace } from './identified-request.js'
import type { AppLike, Middleware, Next } from './middleware.js'
import { assignRole } from './role.js'
import { routerOf, setUpOf } from './router.js'

/** Answers a request to an application whose routes are not closed, and says whether it did. */
export type RefuseUnaudited = (app: AppLike, res: ServerResponse) => boolean

/**
 * `middleware`, with `refuse` put before everything of each application that uses it, so that a
 * route which stands before the middleware is closed as well. `tell` is called with each of them.
 *
 * Express tells only a mounted application where it was mounted. So the middleware is given what
 * Express knows an application by: `handle`, `set`, and `emit`, which is called with the parent.
 */
export function onMount(
  middleware: Middleware,
  refuse: RefuseUnaudited,
  tell: (app: AppLike) => void,
): Middleware {
  return Object.assign(assignRole('identity', middleware), {
    handle: middleware,
    set: true,
    emit(_mount: string, app: ExpressApp) {
      for (const { handle } of routerOf(app).stack.slice(-1)) assignRole('identity', handle)
      if (!mounted.has(app)) guardEntry(app, refuse)
      tell(app)
    },
  })
}

/** Where `app` itself is misplaced, or `clientIdentity` in it, and what to do; null if neither is. */
export function findMisplacement(app: AppLike): string | null {
  if (!mounted.has(app)) {
    return 'clientIdentity(gate) is not mounted on the application: give it to app.use'
  }
  if ((app as ExpressApp).parent === undefined) return null
  return 'the application is mounted in another: there, give it to declareRoutes(app, requirement)'
}

const mounted = new WeakSet<AppLike>()

interface ExpressApp extends AppLike {
  readonly parent?: unknown
  handle: (req: IncomingMessage, res: ServerResponse, next?: Next) => void
}

function guardEntry(app: ExpressApp, refuse: RefuseUnaudited): void {
  const { handle } = app
  mounted.add(app)
  for (const setUp of setUpOf(app)) assignRole('passing', setUp)
  app.handle = (req, res, next) => {
    makePlace(req)
    if (!refuse(app, res)) handle.call(app, req, res, next)
  }
}
