import { foldName } from '../contract/collect-headers.js'
import { isIdentityHeader } from '../contract/identity-headers.js'
import type { RequestLike } from './source.js'

/**
 * Removes the headers that name an identity from a request, in every spelling and from `rawHeaders`,
 * `headers` and `headersDistinct`, so that nothing behind the gate can take them for true. Trailers,
 * which nothing here reads, come later and stay. `isOwn` says which others are to be removed, by folded
 * name. Returns whether there were any.
 */
export function removeIdentityHeaders(
  request: RequestLike,
  isOwn: (folded: string) => boolean = never,
): boolean {
  const { rawHeaders } = request
  const isRemoved = (name: string) => isKnown(name) || isOwn(foldName(name.toLowerCase()))
  if (rawHeaders === undefined || !hasName(rawHeaders, isRemoved)) {
    return removeFromView(request.headers, isRemoved)
  }
  // Node makes the views of the raw lines when they are first read, by a count that it took before.
  const views = [request.headers, request.headersDistinct]
  removeLines(rawHeaders as string[], isRemoved)
  for (const view of views) removeFromView(view, isRemoved)
  return true
}

function never(): boolean {
  return false
}

const known = new Map<string, boolean>()
const mostKnown = 1000
const longestKnown = 64

/** Services see the same few names all the time; what clients invent must not fill the memory. */
function isKnown(name: string): boolean {
  const remembered = known.get(name)
  if (remembered !== undefined) return remembered
  const answer = isIdentityHeader(foldName(name.toLowerCase()))
  if (known.size === mostKnown) known.clear()
  if (name.length <= longestKnown) known.set(name, answer)
  return answer
}

function hasName(rawHeaders: readonly string[], isRemoved: (name: string) => boolean): boolean {
  return rawHeaders.some((text, index) => index % 2 === 0 && isRemoved(text))
}

/** In place: whoever holds the list must not see them either. */
function removeLines(rawHeaders: string[], isRemoved: (name: string) => boolean): void {
  let kept = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2)
    if (isRemoved(name)) continue
    rawHeaders[kept] = name
    rawHeaders[kept + 1] = value
    kept += 2
  }
  rawHeaders.length = kept
}

function removeFromView(
  view: Record<string, unknown> | undefined,
  isRemoved: (name: string) => boolean,
): boolean {
  if (view === undefined) return false
  const names = Object.keys(view).filter(isRemoved)
  for (const name of names) Reflect.deleteProperty(view, name)
  return names.length > 0
}
