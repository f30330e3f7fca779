import { createIdentityHeaderTest } from '../contract/identity-headers.js'
import { rememberByNames } from '../contract/names-memory.js'
import type { RequestLike } from '../peer-source.js'
import { createLineShortener } from './header-views.js'

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
  const isIdentityHeader = createIdentityHeaderTest(own)
  const isRemoved = (name: string): boolean => isIdentityHeader(name.toLowerCase())
  const shortenLines = createLineShortener()
  const keptLinesOf = rememberByNames((rawHeaders) => listKept(rawHeaders, isRemoved), 2)
  const removedOf = rememberByNames((names) => names.filter(isRemoved), 1)

  function removeFromView(view: Record<string, unknown> | undefined): boolean {
    if (view === undefined) return false
    const names = removedOf(Object.keys(view))
    for (const name of names) Reflect.deleteProperty(view, name)
    return names.length > 0
  }

  return (request) => {
    const { rawHeaders } = request
    const kept = rawHeaders === undefined ? null : keptLinesOf(rawHeaders)
    if (rawHeaders === undefined || kept === null) return removeFromView(request.headers)
    // Node makes the view of the raw lines when it is first read, by a count that it took before.
    const { headers } = request
    const isShortened = shortenLines(request, 2 * kept.length)
    const views = isShortened ? [headers] : [headers, request.headersDistinct]
    keepLines(rawHeaders as string[], kept)
    for (const view of views) removeFromView(view)
    return true
  }
}

/** Which lines are kept; null for all of them. */
function listKept(
  rawHeaders: readonly string[],
  isRemoved: (name: string) => boolean,
): readonly number[] | null {
  const kept: number[] = []
  const count = Math.ceil(rawHeaders.length / 2)
  for (let line = 0; line < count; line += 1) {
    if (!isRemoved(rawHeaders[2 * line] as string)) kept.push(line)
  }
  return kept.length === count ? null : kept
}

/** In place: whoever holds the list must not see the others either. */
function keepLines(rawHeaders: string[], kept: readonly number[]): void {
  for (const [place, line] of kept.entries()) {
    rawHeaders[2 * place] = rawHeaders[2 * line] as string
    rawHeaders[2 * place + 1] = rawHeaders[2 * line + 1] as string
  }
  rawHeaders.length = 2 * kept.length
}
