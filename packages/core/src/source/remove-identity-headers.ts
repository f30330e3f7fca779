import { foldName } from '../contract/collect-headers.js'
import { isIdentityHeader } from '../contract/identity-headers.js'
import type { RequestLike } from '../peer-source.js'

/** Removes headers from a request, and says whether there were any. */
export type RemoveHeaders = (request: RequestLike) => boolean

/**
 * Returns what removes the headers that name an identity from requests, in every spelling and from
 * `rawHeaders`, `headers` and `headersDistinct`, so that nothing behind the gate can take them for true.
 * Trailers, which nothing here reads, come later and stay.
 *
 * @param own further names that are to be removed, in lower case with dashes
 */
export function createIdentityHeaderRemoval(own: readonly string[] = []): RemoveHeaders {
  const ownNames = new Set(own)
  const isRemoved = rememberNames((name) => {
    const folded = foldName(name.toLowerCase())
    return isIdentityHeader(folded) || ownNames.has(folded)
  })
  return (request) => {
    const { rawHeaders } = request
    if (rawHeaders === undefined || !hasName(rawHeaders, isRemoved)) {
      return removeFromView(request.headers, isRemoved)
    }
    // Node makes the views of the raw lines when they are first read, by a count that it took before.
    const views = [request.headers, request.headersDistinct]
    removeLines(rawHeaders as string[], isRemoved)
    for (const view of views) removeFromView(view, isRemoved)
    return true
  }
}

type IsRemoved = (name: string) => boolean

const mostKnown = 1000
const longestKnown = 64

/** Services see the same few names all the time; what clients invent must not fill the memory. */
function rememberNames(judge: IsRemoved): IsRemoved {
  const known = new Map<string, boolean>()
  return (name) => {
    const remembered = known.get(name)
    if (remembered !== undefined) return remembered
    const answer = judge(name)
    if (known.size === mostKnown) known.clear()
    if (name.length <= longestKnown) known.set(name, answer)
    return answer
  }
}

function hasName(rawHeaders: readonly string[], isRemoved: IsRemoved): boolean {
  return rawHeaders.some((text, index) => index % 2 === 0 && isRemoved(text))
}

/** In place: whoever holds the list must not see them either. */
function removeLines(rawHeaders: string[], isRemoved: IsRemoved): void {
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

function removeFromView(view: Record<string, unknown> | undefined, isRemoved: IsRemoved): boolean {
  if (view === undefined) return false
  const names = Object.keys(view).filter(isRemoved)
  for (const name of names) Reflect.deleteProperty(view, name)
  return names.length > 0
}
