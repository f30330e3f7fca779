import { PeerGateError } from '../errors.js'

/**
 * The one element of `found`. Two are ambiguous even where they are equal: a CA that keeps to its
 * issuance rule writes one. `explain` tells the operator what was found.
 *
 * @throws {PeerGateError} ERR_PEERGATE_IDENTITY_MISSING or ERR_PEERGATE_IDENTITY_AMBIGUOUS.
 */
export function requireOne<Found>(found: readonly Found[], explain: () => string): Found {
  const [one] = found
  if (one === undefined) throw new PeerGateError('ERR_PEERGATE_IDENTITY_MISSING', explain())
  if (found.length > 1) throw new PeerGateError('ERR_PEERGATE_IDENTITY_AMBIGUOUS', explain())
  return one
}
