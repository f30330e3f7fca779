import { markUsed } from './role.js'
import { isRouter } from './router.js'
import type { LayerLike, RouterLike, Stacked } from './router.js'

/**
 * Keeps the routes below `router` as they were audited. What Express adds to them later is counted;
 * everything else that would change them throws a TypeError.
 */
export function freezeRoutes(router: RouterLike, outer: readonly RouterLike[] = []): void {
  if (outer.includes(router)) return
  freezeStack(router)
  Object.freeze(router.params)
  for (const callbacks of Object.values(router.params)) Object.freeze(callbacks)
  for (const { handle, route } of router.stack) {
    if (route !== undefined) freezeStack(route)
    else markUsed(handle)
    if (isRouter(handle)) freezeRoutes(handle, [...outer, router])
  }
}

/** How often frozen routes were changed: what was audited stands while this stays the same. */
export function countChanges(): number {
  return changes
}

let changes = 0

/**
 * Express adds to a stack by `push`. That makes a longer copy, so that requests which are on their
 * way through the old one meet nothing that was not audited.
 */
function freezeStack(owner: Stacked): void {
  const audited = owner.stack
  if (Object.isFrozen(audited)) return
  for (const layer of audited) {
    Object.defineProperty(layer, 'handle', { value: layer.handle, writable: false })
  }
  const push = (...layers: LayerLike[]) => replace([...owner.stack, ...layers])
  function replace(stack: readonly LayerLike[]): void {
    Object.defineProperty(owner, 'stack', { value: stack, writable: true })
    changes += 1
  }
  Object.freeze(Object.defineProperty(audited, 'push', { value: push }))
  Object.defineProperty(owner, 'stack', { get: () => audited, set: replace, configurable: true })
}
