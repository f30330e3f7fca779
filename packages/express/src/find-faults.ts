import { mayHold, pathsOf } from './layer-path.js'
import { roleOf } from './role.js'
import { isErrorHandler, isRouter } from './router.js'
import type { HandlerLike, LayerLike, RouteLike, RouterLike } from './router.js'
import { outside, walkRouter } from './walk-router.js'
import type { Place, Way } from './walk-router.js'

/**
 * Why it cannot be proved that every route below `root` states a requirement behind
 * `clientIdentity`: a sentence for each fault, with what to do about it.
 */
export function* findFaults(root: RouterLike): Generator<string> {
  yield* inspectRouter(root, { ...outside, name: '' })
  if (!root.stack.some(isEnd)) yield 'denyUnmatched(gate) is missing: mount it last, without a path'
}

function isEnd(layer: LayerLike): boolean {
  return roleOf(layer.handle) === 'unmatched' && pathsOf(layer).includes('/')
}

/** What is said of a place, or of the way to one. */
type Named<Part> = Part & { readonly name: string }

function* inspectRouter(router: RouterLike, outer: Named<Way>): Generator<string> {
  for (const found of walkRouter(router, outer)) {
    const paths = found.paths.map((path) => path ?? '(a pattern)')
    const place = { ...found, name: `${outer.name}${paths.join(', ')}` }
    yield* inspectParameters(router, place)
    yield* inspectLayer(place)
  }
}

/** Express calls the callbacks of a router's parameters before the layers that have them. */
function* inspectParameters(
  { params }: RouterLike,
  { name, paths, requirements }: Named<Place>,
): Generator<string> {
  if (requirements.length > 0) return
  for (const parameter of Object.keys(params)) {
    if (!mayHold(paths, parameter)) continue
    yield (
      `the callback of the parameter ${parameter} runs before any requirement of ${name}: ` +
      'mount the router behind one, or make the callback a handler'
    )
  }
}

function* inspectLayer(place: Named<Place>): Generator<string> {
  const { layer, ended } = place
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
function faultOfErrorHandler(handle: HandlerLike, { name }: Named<Place>): string {
  return `the error handler ${nameOf(handle)} of ${name} stands before denyUnmatched(gate): mount it after`
}

function nameOf({ name }: HandlerLike): string {
  return name === '' ? 'anonymous' : name
}

function* inspectRoute(route: RouteLike, place: Named<Place>): Generator<string> {
  const stated = new Set<string | undefined>()
  const open = new Set<string | undefined>()
  for (const { handle, method } of route.stack) {
    const role = roleOf(handle)
    if (role === 'requirement') stated.add(method)
    else if (role !== undefined) continue
    else if (isErrorHandler(handle)) yield faultOfErrorHandler(handle, place)
    else if (!stated.has(undefined) && !stated.has(method)) open.add(method)
  }
  if (place.requirements.length > 0 || open.size === 0) return
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

function* inspectUse(handle: HandlerLike, place: Named<Place>): Generator<string> {
  const { name, routers, requirements } = place
  if (isRouter(handle) && !routers.includes(handle)) {
    yield* inspectRouter(handle, { ...place, name: name === '/' ? '' : name })
  } else if (requirements.length === 0) {
    yield (
      `use ${name} (${nameOf(handle)}) cannot be seen into: ` +
      'declareRoutes(handler, requirement) if it answers, passThrough(handler) if it never does'
    )
  }
}
