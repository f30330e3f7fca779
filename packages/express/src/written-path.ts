import type { LayerLike } from './router.js'

/** A path of a layer, for a reader. */
export interface WrittenPath {
  readonly text: string
  /** The names of its parameters. */
  readonly parameters: readonly string[]
}

/** The paths of a layer, as they were written as far as Express keeps that. */
export function writtenPathsOf(layer: LayerLike): readonly WrittenPath[] {
  const { route, rawPath, slash, regexp, keys } = layer
  if (slash === true || regexp?.fast_slash === true) return [{ text: '/', parameters: [] }]
  const names = (keys ?? []).map(({ name }) => String(name))
  if (route === undefined && regexp !== undefined) {
    return [{ text: restorePath(regexp, names), parameters: names }]
  }
  return [route?.path ?? rawPath].flat(Infinity).map((path) => ({
    text: textOf(path),
    parameters: regexp === undefined ? parametersOf(path) : names,
  }))
}

/** Express 5 with an older router does not tell what `use` was given. */
function textOf(path: unknown): string {
  return typeof path === 'string' || path instanceof RegExp ? String(path) : '(a pattern)'
}

/** The path that Express 4 compiled to `regexp`; where there was more to it than names, the pattern. */
function restorePath(regexp: RegExp, names: readonly string[]): string {
  const [, body = '('] = /^\^(.*)\\\/\?\(\?=\\\/\|\$\)$/u.exec(regexp.source) ?? []
  const rest = names.values()
  const named = body.replaceAll(segment, () => String.raw`\/:${rest.next().value}`)
  return /[()[\]?*+|]/u.test(named) ? String(regexp) : named.replaceAll('\\', '')
}

/** A whole segment that is a parameter. */
const segment = /\(\?:\\\/\(\[\^\\?\/\]\+\?\)\)|\\\/\(\?:\(\[\^\\?\/\]\+\?\)\)/gu

/** By the syntax of Express 5, which does not tell before there is a request. */
function parametersOf(path: unknown): readonly string[] {
  const found = path instanceof RegExp ? path.source.matchAll(group) : textOf(path).matchAll(name)
  return Array.from(found, ({ groups }) => groups?.['quoted'] ?? groups?.['name']).filter(isText)
}

const group = /\\.|\(\?<(?<name>[^>=!]+)>/gu
const name = /\\.|[:*](?:"(?<quoted>[^"]+)"|(?<name>[\p{ID_Start}$_][\p{ID_Continue}$]*))/gu

function isText(value: string | undefined): value is string {
  return value !== undefined
}
