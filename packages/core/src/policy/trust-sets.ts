import { faultAt, optionError, unknownName } from '../options.js'
import type { CompiledPolicy } from './compile-policy.js'

/** The names of the sets that a source can give; undefined where they are not known. */
export type TrustSets = readonly string[] | undefined

/**
 * Refuses a set that no peer can have, since what demands it would be closed in silence.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 */
export function refuseUnknownSet(owner: string, name: string, trustSets: TrustSets): void {
  const fault = faultOfSet(name, trustSets)
  if (fault !== null) throw optionError(owner, fault)
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID */
export function refuseUnknownGrantSets(
  { grants, locate }: CompiledPolicy,
  trustSets: TrustSets,
): void {
  for (const { path, trustSet } of grants) {
    const fault = trustSet === null ? null : faultOfSet(trustSet, trustSets)
    if (fault !== null) throw faultAt(locate, [...path, 'trustSet'], `names a ${fault}`)
  }
}

function faultOfSet(name: string, trustSets: TrustSets): string | null {
  if (trustSets === undefined || trustSets.includes(name)) return null
  const hint = trustSets.length === 0 ? '; the source of the gate gives none' : ''
  return unknownName('trust set', name, trustSets) + hint
}
