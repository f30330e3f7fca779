import type { RequestLike } from '../peer-source.js'
import { remoteAddressOf } from '../tls/remote-address.js'
import type { RequestFacts } from './gate-event.js'
import type { RequestId } from './request-id.js'

/** A request as records tell of it. */
export interface RequestRecord {
  readonly raw: RequestLike
  readonly facts: () => RequestFacts
}

export function createRequestRecord(
  raw: RequestLike,
  route: string | null,
  idOf: (request: RequestLike) => RequestId,
): RequestRecord {
  let facts: RequestFacts | undefined
  return {
    raw,
    facts: () => (facts ??= Object.freeze({ ...idOf(raw), route, remoteAddress: addressOf(raw) })),
  }
}

function addressOf({ socket }: RequestLike): string | null {
  return typeof socket === 'object' && socket !== null ? remoteAddressOf(socket) : null
}
