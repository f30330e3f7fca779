import { formatDistinguishedName, parseRevocationList } from '@peergate/core/material'
import type { InspectedList, Problem } from './inspection.js'

/**
 * What a revocation list says.
 *
 * @param now epoch milliseconds
 * @throws {PeerGateError} ERR_PEERGATE_REVOCATION_LIST_INVALID
 */
export function inspectList(der: Uint8Array, place: string, now: number): InspectedList {
  const { issuer, thisUpdate, nextUpdate, serialNumbers } = parseRevocationList(der, place)
  const stale: Problem = { what: 'it is stale', remedy: 'fetch the list that follows it' }
  const early: Problem = { what: 'it is not in force yet', remedy: 'compare the clocks' }
  return {
    type: 'revocation list',
    issuer: formatDistinguishedName(issuer),
    thisUpdate: new Date(thisUpdate).toISOString(),
    nextUpdate: new Date(nextUpdate).toISOString(),
    revoked: serialNumbers.size,
    problems: [...(now >= nextUpdate ? [stale] : []), ...(now < thisUpdate ? [early] : [])],
  }
}
