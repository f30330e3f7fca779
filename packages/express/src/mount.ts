import { routerOf } from './layer.js'
import type { AppLike, Middleware } from './middleware.js'
import { assignRole, roleOf } from './role.js'

/**
 * `middleware`, with `first(app)` put before all other layers of every application that uses it.
 *
 * A route that stands before a middleware is out of its reach, and Express tells only a mounted
 * application where it was mounted. So the middleware is given what Express knows an application by:
 * `handle`, `set`, and `emit`, which is called with `mount` and the parent.
 */
export function onMount(middleware: Middleware, first: (app: AppLike) => Middleware): Middleware {
  return Object.assign(middleware, {
    handle: middleware,
    set: () => undefined,
    emit(_event: string, app: AppLike) {
      const { stack } = routerOf(app)
      const mounted = stack.at(-1)
      const role = roleOf(middleware)
      if (mounted !== undefined && role !== undefined) assignRole(role, mounted.handle)
      app.use(first(app))
      const layer = stack.pop()
      if (layer !== undefined) stack.unshift(layer)
    },
  })
}
