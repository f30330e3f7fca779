import type { RequestPlace } from '@peergate/core'
import type { AnyRequest } from './enforce.js'

/** Where a request came to, for the records of the gate. */
export function placeOf({ raw, method, is404, routeOptions: { url } }: AnyRequest): RequestPlace {
  return { raw, route: is404 || url === undefined ? null : `${method} ${url}` }
}
