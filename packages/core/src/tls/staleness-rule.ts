import { PeerGateError } from '../errors.js'
import type { LoadedRevocationList } from './revocation-lists.js'
import type { RevocationOptions } from './revocation-options.js'

/**
 * Refuses to judge by a list that is past its nextUpdate, and past its grace if there is one.
 *
 * @throws {PeerGateError} ERR_PEERGATE_REVOCATION_UNKNOWN
 */
export type StalenessRule = (list: LoadedRevocationList, now: number) => void

/**
 * Returns the rule for these lists. A process warning names each that is of no use already, and
 * later each that is used in its grace, once.
 */
export function createStalenessRule(
  lists: Iterable<LoadedRevocationList>,
  whenStale: NonNullable<RevocationOptions['whenStale']>,
): StalenessRule {
  const grace = whenStale === 'fail' ? 0 : whenStale.grace * 1000
  const usedInGrace = new Set<LoadedRevocationList>()
  const loadedAt = Date.now()
  for (const list of lists) {
    if (loadedAt >= list.nextUpdate + grace)
      warn(`${fault(list)}; the clients of its CA are refused`)
  }
  return (list, now) => {
    if (now < list.nextUpdate) return
    const end = list.nextUpdate + grace
    if (now >= end) throw new PeerGateError('ERR_PEERGATE_REVOCATION_UNKNOWN', fault(list))
    if (usedInGrace.has(list)) return
    usedInGrace.add(list)
    warn(`${fault(list)}; it is used until ${new Date(end).toISOString()}`)
  }
}

function fault({ place, nextUpdate }: LoadedRevocationList): string {
  return `${place} is stale since ${new Date(nextUpdate).toISOString()}`
}

function warn(text: string): void {
  process.emitWarning(text, { type: 'PeergateWarning', code: 'PEERGATE_REVOCATION_LIST_STALE' })
}
