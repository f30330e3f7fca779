import { covers, mayHold, pathsOf } from './layer-path.js'
import type { LayerPath } from './layer-path.js'
import { roleOf } from './role.js'
import type { Role } from './role.js'
import { isErrorHandler, isRouter } from './router.js'
import type { HandlerLike, LayerLike, RouteLike, RouterLike } from './router.js'

/**
 * Why it cannot be proved that every route below `root` states a requirement behind
 * `clientIdentity`: a sentence for each fault, with what to do about it.
 */
export function* findFaults(root: RouterLike): Generator<string> {
  yield* inspectRouter(root, { name: '', routers: [], identified: false, required: false })
  if (!root.stack.some(isEnd)) yield 'denyUnmatched(gate) is missing: mount it last, without a path'
}

function isEnd(layer: LayerLike): boolean {
  return roleOf(layer.handle) === 'unmatched' && pathsOf(layer).includes('/')
}

/** A place among the layers, and what certainly happened to a request before it gets there. */
interface Place {
  readonly name: string
  /** The routers that the request is in, the innermost last. */
  readonly routers: readonly RouterLike[]
  readonly identified: boolean
  readonly required: boolean
}

/** A layer of ours, which a request has passed if it matched the path. */
interface Passed {
  readonly role: Role
  readonly path: LayerPath
}

function* inspectRouter(router: RouterLike, outer: Place): Generator<string> {
  let passed: readonly Passed[] = []
  for (const layer of router.stack) {
    const paths = pathsOf(layer)
    const surely = passed.filter(({ path }) => covers(path, paths))
    const roles = new Set(surely.map(({ role }) => role))
    const place = {
      name: `${outer.name}${paths.map((path) => path ?? '(a pattern)').join(', ')}`,
      routers: [...outer.routers, router],
      identified: outer.identified || roles.has('identity'),
      required: outer.required || roles.has('requirement'),
    }
    yield* inspectParameters(router, paths, place)
    yield* inspectLayer(layer, place, roles.has('unmatched'))
    const role = roleOf(layer.handle)
    // Other middleware may rewrite the URL, so that later paths say nothing of earlier ones.
    passed = isOwn(role) ? [...passed, ...paths.map((path) => ({ role, path }))] : surely
  }
}

function isOwn(role: Role | undefined): role is 'identity' | 'requirement' | 'unmatched' {
  return role === 'identity' || role === 'requirement' || role === 'unmatched'
}

/** Express calls the callbacks of a router's parameters before the layers that have them. */
function* inspectParameters(
  { params }: RouterLike,
  paths: readonly LayerPath[],
  { name, required }: Place,
): Generator<string> {
  if (required) return
  for (const parameter of Object.keys(params)) {
    if (!mayHold(paths, parameter)) continue
    yield (
      `the callback of the parameter ${parameter} runs before any requirement of ${name}: ` +
      'mount the router behind one, or make the callback a handler'
    )
  }
}

function* inspectLayer(layer: LayerLike, place: Place, ended: boolean): Generator<string> {
  const { handle, route } = layer
  const role = roleOf(handle)
  if (isErrorHandler(handle)) {
    if (!ended && role === undefined) yield faultOfErrorHandler(handle, place)
    return
  }
  const found = `${route === undefined ? 'use' : 'route'} ${place.name}`
  if (ended) yield `${found} stands after denyUnmatched(gate): mount it before`
  if (role === 'passing' || role === 'identity') return
  if (!place.identified) yield `${found} stands before clientIdentity(gate): mount it after`
  if (route !== undefined) yield* inspectRoute(route, place)
  else if (role === undefined) yield* inspectUse(handle, place)
}

/** Requirements do not see errors, and what handles an error may let the request go on. */
function faultOfErrorHandler(handle: HandlerLike, { name }: Place): string {
  return `the error handler ${nameOf(handle)} of ${name} stands before denyUnmatched(gate): mount it after`
}

function nameOf({ name }: HandlerLike): string {
  return name === '' ? 'anonymous' : name
}

function* inspectRoute(route: RouteLike, place: Place): Generator<string> {
  const stated = new Set<string | undefined>()
  const open = new Set<string | undefined>()
  for (const { handle, method } of route.stack) {
    const role = roleOf(handle)
    if (role === 'requirement') stated.add(method)
    else if (role !== undefined) continue
    else if (isErrorHandler(handle)) yield faultOfErrorHandler(handle, place)
    else if (!stated.has(undefined) && !stated.has(method)) open.add(method)
  }
  if (place.required || open.size === 0) return
  yield (
    `${listMethods(open)} ${place.name} has a handler before any requirement: ` +
    'put requirePermission, authenticated or publicRoute before it'
  )
}

/** `app.all` makes a handler for each method that there is. */
function listMethods(methods: ReadonlySet<string | undefined>): string {
  const names = [...methods].map((method) => method?.toUpperCase() ?? 'ALL')
  return names.length > 9 ? 'ALL' : names.join(', ')
}

function* inspectUse(handle: HandlerLike, place: Place): Generator<string> {
  const { name, routers, required } = place
  if (isRouter(handle) && !routers.includes(handle)) {
    yield* inspectRouter(handle, { ...place, name: name === '/' ? '' : name })
  } else if (!required) {
    yield (
      `use ${name} (${nameOf(handle)}) cannot be seen into: ` +
      'declareRoutes(handler, requirement) if it answers, passThrough(handler) if it never does'
    )
  }
}
