import { optionError, unknownName } from '../options.js'
import type { Policy } from './policy.js'

/** The names of the sets that a source can give; undefined where they are not known. */
export type TrustSets = readonly string[] | undefined

/**
 * Refuses a set that no peer can have, since what demands it would be closed in silence.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 */
export function refuseUnknownSet(owner: string, name: string, trustSets: TrustSets): void {
  if (trustSets === undefined || trustSets.includes(name)) return
  const fault = unknownName('trust set', name, trustSets)
  const hint = trustSets.length === 0 ? '; the source of the gate gives none' : ''
  throw optionError(owner, fault + hint)
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID */
export function refuseUnknownGrantSets({ grants }: Policy, trustSets: TrustSets): void {
  for (const [index, { trustSet }] of grants.entries()) {
    if (trustSet === undefined) continue
    refuseUnknownSet(
      `createPeerGate: option "policy.grants.${index}.trustSet"`,
      trustSet,
      trustSets,
    )
  }
}
