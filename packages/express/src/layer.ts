/** What the audit reads of the layers that Express 4 and 5 keep; both are read by their own names. */
export interface LayerLike {
  readonly handle: HandlerLike
  readonly route?: RouteLike | undefined
  /** Express 5.3 and later: the path, as it was given to `use`. */
  readonly rawPath?: unknown
  /** Express 5: whether the layer was given to `use` without a path. */
  readonly slash?: boolean
  /** Express 4: the path, compiled. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean }
}

export interface HandlerLike {
  readonly name: string
  readonly length: number
  readonly stack?: unknown
}

export interface RouteLike {
  readonly path: unknown
  readonly stack: readonly { readonly handle: HandlerLike; readonly method?: string }[]
}

export interface RouterLike {
  readonly stack: LayerLike[]
  /** The callbacks of `router.param`, by the parameter's name. */
  readonly params?: object
}

/** The router of an application: Express 4 makes it at the first `use`, Express 5 when it is read. */
export function routerOf(app: object): RouterLike {
  const { _router, lazyrouter } = app as { _router?: RouterLike; lazyrouter?: () => void }
  if (lazyrouter === undefined) return (app as { readonly router: RouterLike }).router
  return _router ?? { stack: [] }
}

export function isRouter(handler: HandlerLike): handler is HandlerLike & RouterLike {
  return Array.isArray(handler.stack)
}

/** The paths of a layer as they were written; null for one that cannot be told. */
export function pathsOf({ route, rawPath, slash, regexp }: LayerLike): readonly (string | null)[] {
  if (route !== undefined) return asPaths(route.path)
  if (slash === true || regexp?.fast_slash === true) return ['/']
  if (regexp !== undefined) return [literalOf(regexp)]
  return asPaths(rawPath)
}

function asPaths(path: unknown): readonly (string | null)[] {
  return [path].flat(Infinity).map((one) => (typeof one === 'string' ? one : null))
}

/** The literal path that Express 4 compiled to `regexp`; null where there was more to it. */
function literalOf({ source }: RegExp): string | null {
  const [, escaped] = /^\^((?:\\\/(?:[\w~-]|\\\.)+)+)\\\/\?\(\?=\\\/\|\$\)$/u.exec(source) ?? []
  return escaped?.replaceAll('\\', '') ?? null
}

/**
 * Whether every request that reaches a layer with one of `paths` has passed a layer before it that
 * `use` gave the path `prefix`. True only where that can be proved: a literal prefix, whole segments.
 */
export function covers(prefix: string | null, paths: readonly (string | null)[]): boolean {
  if (prefix === '/' || prefix === '') return true
  if (prefix === null || !/^(?:\/[\w.~-]+)+\/?$/u.test(prefix)) return false
  const stem = prefix.replace(/\/$/u, '')
  return paths.every((path) => path === stem || path?.startsWith(`${stem}/`) === true)
}
