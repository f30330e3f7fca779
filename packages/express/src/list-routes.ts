import type { DeclaredRoute, PeerGate, RouteRequirement } from '@peergate/core'
import { markAmbiguous } from './ambiguous-parameters.js'
import { rememberPath } from './declared-paths.js'
import { enforcementOf } from './enforcement.js'
import { isUsed, roleOf } from './role.js'
import { listMethods } from './list-methods.js'
import { isErrorHandler, isRouter } from './router.js'
import type { HandlerLike, LayerLike, RouteLike, RouterLike } from './router.js'
import { outside, walkRouter } from './walk-router.js'
import type { Way } from './walk-router.js'
import { writtenPathsOf } from './written-path.js'
import type { WrittenPath } from './written-path.js'

/** The routes below `root`, and what a request to them must certainly meet, as `gate` is told of them. */
export function* listRoutes(root: RouterLike, gate: PeerGate): Generator<DeclaredRoute> {
  for (const route of listRouter(root, {
    ...outside,
    stems: [{ text: '', parameters: [], met: [] }],
  })) {
    const requirements = route.stated.flatMap(({ handle, parameters }): RouteRequirement[] => {
      const enforcement = enforcementOf(handle)
      return enforcement?.gate === gate ? [{ guard: enforcement.guard, parameters }] : []
    })
    // What another gate is to judge, nobody passes.
    const isForeign = requirements.length < route.stated.length
    const { method, path } = route
    yield { method, path, requirements: isForeign ? [] : requirements }
  }
}

/** A route, with the requirements of all gates. */
interface FoundRoute {
  readonly method: string
  readonly path: string
  readonly stated: readonly Stated[]
}

interface Stated {
  readonly handle: HandlerLike
  readonly parameters: readonly string[]
}

/** The paths that lead to a router. */
interface Stems {
  readonly stems: readonly Stem[]
}

interface Stem extends WrittenPath {
  /** The names of all parameters on the way, as often as they occur. */
  readonly met: readonly string[]
}

function* listRouter(router: RouterLike, outer: Stems & Way): Generator<FoundRoute> {
  for (const place of walkRouter(router, outer)) {
    const { layer, routers, requirements, ended } = place
    const { handle, route } = layer
    if (ended || isErrorHandler(handle)) continue
    const stems = join(outer.stems, layer, router.mergeParams === true)
    const before = requirements.map((met) => ({ handle: met, parameters: [] }))
    if (route !== undefined) {
      rememberPaths(route, outer.stems, layer)
      for (const stem of stems) yield* listRoute(route, stem, before)
    } else if (roleOf(handle) === 'declared') {
      const stated = [...before, { handle, parameters: [] }]
      for (const { text: path } of stems) {
        rememberPath(handle, { mount: path, text: path })
        yield { method: 'ALL', path, stated }
      }
    } else if (isRouter(handle) && !routers.includes(handle)) {
      yield* listRouter(handle, { ...place, stems })
    } else if (roleOf(handle) === undefined && before.length > 0) {
      // It cannot be seen into, and may answer whatever has come so far.
      for (const { text: path } of stems) yield { method: 'ALL', path, stated: before }
    }
  }
}

/** One declaration may have several paths; which of them a request came by is not told. */
function rememberPaths(route: RouteLike, stems: readonly Stem[], layer: LayerLike): void {
  for (const stem of stems) {
    const text = join([stem], layer, false).map((path) => path.text)
    rememberPath(route, { mount: stem.text, text: text.join(', ') })
  }
}

function* listRoute(
  route: RouteLike,
  { text: path, parameters: given, met }: Stem,
  before: readonly Stated[],
): Generator<FoundRoute> {
  const twice = met.filter((name, index) => met.indexOf(name) < index)
  if (twice.length > 0) markAmbiguous(route, twice)
  const parameters = given.filter((name) => !twice.includes(name))
  const parametersFor = (handle: HandlerLike) => (isUsed(handle) ? [] : parameters)
  for (const { method, stages } of listMethods(route)) {
    for (const stage of stages) {
      const own = stage.map((handle) => ({ handle, parameters: parametersFor(handle) }))
      yield { method, path, stated: [...before, ...own] }
    }
  }
}

function join(stems: readonly Stem[], layer: LayerLike, keepsParameters: boolean): readonly Stem[] {
  return stems.flatMap((stem) =>
    writtenPathsOf(layer).map(({ text, parameters }) => ({
      text: `${stem.text.replace(/\/$/u, '')}${stem.text !== '' && text === '/' ? '' : text}`,
      parameters: keepsParameters ? [...stem.parameters, ...parameters] : parameters,
      // All that one layer leads to is given the same value.
      met: [...stem.met, ...new Set(parameters)],
    })),
  )
}
