import { faultAt, namesUnknown, optionError, unknownName } from '../options.js'
import type { CompiledPolicy } from './compile-policy.js'

/** The names of the sets that a source can give; undefined where they are not known. */
export type TrustSets = readonly string[] | undefined

/**
 * Refuses a set that no peer can have, since what demands it would be closed in silence.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 */
export function refuseUnknownSet(owner: string, name: string, trustSets: TrustSets): void {
  if (isKnownSet(name, trustSets)) return
  throw optionError(owner, unknownName('trust set', name, trustSets) + hintOf(trustSets))
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID */
export function refuseUnknownGrantSets(
  { grants, locate }: CompiledPolicy,
  trustSets: TrustSets,
): void {
  for (const { path, trustSet } of grants) {
    if (trustSet === null || isKnownSet(trustSet, trustSets)) continue
    const fault = namesUnknown('trust set', trustSet, trustSets) + hintOf(trustSets)
    throw faultAt(locate, [...path, 'trustSet'], fault)
  }
}

function isKnownSet(name: string, trustSets: TrustSets): trustSets is undefined {
  return trustSets === undefined || trustSets.includes(name)
}

function hintOf(trustSets: readonly string[]): string {
  return trustSets.length === 0 ? '; the source of the gate gives none' : ''
}
