import type { LayerLike } from './router.js'

/** A path as it was written; null where it cannot be told which requests it matches. */
export type LayerPath = string | null

/** The paths of a layer, one of which a request has to match. */
export function pathsOf({ route, rawPath, slash, regexp }: LayerLike): readonly LayerPath[] {
  if (route !== undefined) return listPaths(route.path)
  if (slash === true || regexp?.fast_slash === true) return ['/']
  if (regexp !== undefined) return [literalOf(regexp)]
  // In a list given to `use`, '/' is no prefix of everything: it matches the root alone.
  return listPaths(rawPath).map((path) => (path === '/' ? null : path))
}

function listPaths(path: unknown): readonly LayerPath[] {
  const paths = [path].flat(Infinity).map((one) => (typeof one === 'string' ? one : null))
  // In Express 4, an empty list matches every request.
  return paths.length === 0 ? [null] : paths
}

/** The literal path that Express 4 compiled to `regexp`; null where there was more to it. */
function literalOf({ source, flags }: RegExp): LayerPath {
  const [, escaped] = /^\^((?:\\\/(?:[\w~-]|\\\.)+)+)\\\/\?\(\?=\\\/\|\$\)$/u.exec(source) ?? []
  return flags === 'i' && escaped !== undefined ? escaped.replaceAll('\\', '') : null
}

/**
 * Whether every request that matches one of `paths` has matched `prefix` too, where `use` gave that
 * to a layer of the same router. True only where it can be proved: for literal prefixes of whole
 * segments, and for paths without what Express 4 takes for a regular expression, since that may
 * begin otherwise than it is written (`/admin/?x`, `/admin/x|/secret`).
 */
export function covers(prefix: LayerPath, paths: readonly LayerPath[]): boolean {
  if (prefix === '/') return true
  if (prefix === null || !/^(?:\/[\w.~-]+)+\/?$/u.test(prefix)) return false
  const stem = prefix.endsWith('/') ? prefix : `${prefix}/`
  return paths.every((path) => isPlain(path) && `${path}/`.startsWith(stem))
}

/** Whether a path consists of literals, parameters and wildcards, and begins as it is written. */
function isPlain(path: LayerPath): path is string {
  return path !== null && /^(?:\/(?:[\w.~:*-]*|:\w+\?))*$/u.test(path)
}

/** Whether a request that matches one of `paths` may have a parameter with this name. */
export function mayHold(paths: readonly LayerPath[], parameter: string): boolean {
  return paths.some((path) => !hasSimpleParameters(path) || path.includes(`:${parameter}`))
}

/** Whether all parameters of a path are written `:name`. */
function hasSimpleParameters(path: LayerPath): path is string {
  return path !== null && /^[\w/.~:?-]*$/u.test(path)
}
