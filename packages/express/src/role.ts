/**
 * What a middleware does for the audit. `identity` identifies the peer, `requirement` asks something
 * of it, `declared` asks before it hands over to what cannot be seen into, `passing` never answers,
 * `unmatched` ends the routes.
 */
export type Role = 'identity' | 'requirement' | 'declared' | 'passing' | 'unmatched'

const roles = new WeakMap<object, Role>()

/** Gives a middleware its role. */
export function assignRole<Middleware extends object>(
  role: Role,
  middleware: Middleware,
): Middleware {
  roles.set(middleware, role)
  return middleware
}

/** The role of a middleware; undefined for one that was not made here. */
export function roleOf(middleware: object): Role | undefined {
  return roles.get(middleware)
}

/**
 * Remembers a middleware that was given to `use`. Where it also stands in a route, it cannot tell which
 * of the two it is called for.
 */
export function markUsed(middleware: object): void {
  used.add(middleware)
}

export function isUsed(middleware: object): boolean {
  return used.has(middleware)
}

const used = new WeakSet<object>()
