/** What is read of the routers of Express 4 and 5. */
export interface RouterLike extends Stacked {
  /** The callbacks of `router.param`, by the name of the parameter. */
  readonly params: Readonly<Record<string, readonly unknown[]>>
  /** Whether its routes are given the parameters of the path that leads to it. */
  readonly mergeParams?: boolean
}

export interface RouteLike extends Stacked {
  readonly path: unknown
}

/** A router or a route: what leads a request from layer to layer. */
export interface Stacked {
  stack: readonly LayerLike[]
}

export interface LayerLike {
  readonly handle: HandlerLike
  /** The route that `handle` leads to. */
  readonly route?: RouteLike | undefined
  /** In a route: the method in lower case; undefined for `all`. */
  readonly method?: string | undefined
  /** Express 5 with router 2.3 and later: the path, as it was given to `use`. */
  readonly rawPath?: unknown
  /** Express 5: whether the layer was given to `use` without a path. */
  readonly slash?: boolean
  /** Express 4: the path, compiled. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean }
  /** Express 4: the parameters of the path; a number for one without a name. */
  readonly keys?: readonly { readonly name: number | string }[]
}

export interface HandlerLike {
  readonly name: string
  readonly length: number
}

/** The router of an application that uses something. */
export function routerOf(app: object): RouterLike {
  if (!isExpress4(app)) return (app as { readonly router: RouterLike }).router
  const { _router } = app
  return _router
}

/** The set-up with which Express 4 begins the router of an application; it never answers. */
export function setUpOf(app: object): readonly HandlerLike[] {
  const [query, init] = routerOf(app).stack.map(({ handle }) => handle)
  const isSetUp = isExpress4(app) && query?.name === 'query' && init?.name === 'expressInit'
  return isSetUp ? [query, init] : []
}

/** Whether `handler` is a router whose layers can be read. */
export function isRouter(handler: HandlerLike): handler is HandlerLike & RouterLike {
  const { stack, params } = handler as Partial<Record<keyof RouterLike, unknown>>
  return Array.isArray(stack) && typeof params === 'object'
}

/** Whether a layer gets errors instead of requests: Express goes by the number of parameters. */
export function isErrorHandler({ length }: HandlerLike): boolean {
  return length > 3
}

interface Express4 {
  readonly lazyrouter: unknown
  readonly _router: RouterLike
}

function isExpress4(app: object): app is Express4 {
  return 'lazyrouter' in app
}
