import { IncomingMessage } from 'node:http'
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
  const sort = rememberByNames((names) => sortNames(names, isRemoved), 1)

  function removeFromDistinct({ headersDistinct = {} }: RequestLike): void {
    for (const name of sort(Object.keys(headersDistinct)).removed) {
      Reflect.deleteProperty(headersDistinct, name)
    }
  }

  function removeFromHeaders(request: RequestLike): boolean {
    const { headers = {} } = request
    const { kept, removed } = sort(Object.keys(headers))
    if (removed.length === 0) return false
    if (request instanceof IncomingMessage) replaceHeaders(request, kept, removed)
    else for (const name of removed) Reflect.deleteProperty(headers, name)
    return true
  }

  return (request) => {
    const { rawHeaders } = request
    const kept = rawHeaders === undefined ? null : keptLinesOf(rawHeaders)
    // Node makes the views of the raw lines when they are first read, by a count that it took before.
    const hadHeaders = removeFromHeaders(request)
    if (rawHeaders === undefined || kept === null) return hadHeaders
    if (!shortenLines(request, 2 * kept.length)) removeFromDistinct(request)
    keepLines(rawHeaders as string[], kept)
    return true
  }
}

interface SortedNames {
  readonly kept: readonly string[]
  readonly removed: readonly string[]
}

function sortNames(names: readonly string[], isRemoved: (name: string) => boolean): SortedNames {
  return { kept: names.filter((name) => !isRemoved(name)), removed: names.filter(isRemoved) }
}

/**
 * Gives a request of Node a copy of its headers. V8 makes an object slow that loses a property, which
 * takes longer than the copy, and everybody who reads headers would feel it. Whoever holds the old ones
 * must not see the removed either.
 */
function replaceHeaders(
  request: IncomingMessage,
  kept: readonly string[],
  removed: readonly string[],
): void {
  const { headers } = request
  const copy: typeof headers = {}
  for (const name of kept) copy[name] = headers[name]
  for (const name of removed) headers[name] = undefined
  request.headers = copy
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
  // To set the length takes longer than to take the few that are behind it.
  while (rawHeaders.length > 2 * kept.length) rawHeaders.pop()
}
