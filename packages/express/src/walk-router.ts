import { covers, pathsOf } from './layer-path.js'
import type { LayerPath } from './layer-path.js'
import { roleOf } from './role.js'
import type { Role } from './role.js'
import type { HandlerLike, LayerLike, RouterLike } from './router.js'

/** What certainly happened to a request before it gets to a place. */
export interface Way {
  /** The routers that the request is in, the innermost last. */
  readonly routers: readonly RouterLike[]
  readonly identified: boolean
  /** The requirements that it has met. */
  readonly requirements: readonly HandlerLike[]
}

export const outside: Way = { routers: [], identified: false, requirements: [] }

/** A layer, and the way to it. */
export interface Place extends Way {
  readonly layer: LayerLike
  readonly paths: readonly LayerPath[]
  /** Whether it stands behind the end of its router. */
  readonly ended: boolean
}

/** A layer of ours, which a request has passed if it matched the path. */
interface Passed {
  readonly role: Role
  readonly handle: HandlerLike
  readonly path: LayerPath
}

/** The layers of one router, in the order in which a request meets them. */
export function* walkRouter(router: RouterLike, outer: Way): Generator<Place> {
  let passed: readonly Passed[] = []
  for (const layer of router.stack) {
    const paths = pathsOf(layer)
    const surely = passed.filter(({ path }) => covers(path, paths))
    const passedAs = (role: Role) => surely.filter((own) => own.role === role)
    const met = passedAs('requirement').map(({ handle }) => handle)
    yield {
      layer,
      paths,
      routers: [...outer.routers, router],
      identified: outer.identified || passedAs('identity').length > 0,
      requirements: [...new Set([...outer.requirements, ...met])],
      ended: passedAs('unmatched').length > 0,
    }
    const { handle } = layer
    const role = roleOf(handle)
    // Other middleware may rewrite the URL, so that later paths say nothing of earlier ones.
    passed = isOwn(role) ? [...passed, ...paths.map((path) => ({ role, handle, path }))] : surely
  }
}

function isOwn(role: Role | undefined): role is 'identity' | 'requirement' | 'unmatched' {
  return role === 'identity' || role === 'requirement' || role === 'unmatched'
}
