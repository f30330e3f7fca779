import { randomUUID } from 'node:crypto'
import type { PeerSource, RequestLike } from '../peer-source.js'

/** How a request is called, here and by the proxy that it came through. */
export interface RequestId {
  /** What a trusted proxy calls it (`x-request-id`), or a random UUID. */
  readonly id: string
  /** The `trace-id` of a trusted proxy’s `traceparent` (W3C Trace Context §3.2.2.3); null without. */
  readonly traceId: string | null
}

/** A name for a request that no trusted proxy has named. */
export function createRequestId(): RequestId {
  return Object.freeze({ id: randomUUID(), traceId: null })
}

/**
 * Names requests: by what a trusted proxy calls them, so that one name leads through its log and ours.
 * What anybody else writes into these headers is not read. A request keeps its name.
 */
export function createRequestIds({
  isFromTrustedProxy,
}: Pick<PeerSource, 'isFromTrustedProxy'>): (request: RequestLike) => RequestId {
  const ids = new WeakMap<RequestLike, RequestId>()

  function name(request: RequestLike): RequestId {
    if (isFromTrustedProxy?.(request) !== true) return createRequestId()
    const id = parseRequestId(onlyValueOf(request, 'x-request-id')) ?? randomUUID()
    return Object.freeze({ id, traceId: parseTraceId(onlyValueOf(request, 'traceparent')) })
  }

  return (request) => {
    const known = ids.get(request)
    if (known !== undefined) return known
    const made = name(request)
    ids.set(request, made)
    return made
  }
}

/** The value of a header that was sent once; null else, since nobody can say which one counts. */
function onlyValueOf({ rawHeaders = [] }: RequestLike, name: string): string | null {
  const values = rawHeaders.filter(
    (_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name,
  )
  const [value = null, ...others] = values
  return others.length === 0 ? value : null
}

/** Nothing that could break a line of a log, or fill it. */
function parseRequestId(value: string | null): string | null {
  return value !== null && /^[\w.:+/=@-]{1,128}$/u.test(value) ? value : null
}

/** The version may be a newer one, which may have more fields behind these (§3.2.4). */
function parseTraceId(value: string | null): string | null {
  const traceId =
    /^(?!ff)[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}(?:-|$)/u.exec(value ?? '')?.[1] ?? null
  return traceId === '0'.repeat(32) ? null : traceId
}
