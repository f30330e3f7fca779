import type { RolloutMode } from '../rollout-mode.js'
import type { GateEvent } from '../telemetry/gate-event.js'
import { createAuthorityUse } from './authority-use.js'
import type { AuthorityUse } from './authority-use.js'
import { laterOf } from './later-of.js'
import type { LedgerAccepted } from './ledger-export.js'
import { readSighting } from './ledger-sighting.js'
import type { RefusalEvent } from './ledger-sighting.js'
import { createLedgerTables } from './ledger-tables.js'
import type { LedgerTables } from './ledger-tables.js'
import { createRecentCount } from './recent-count.js'

/** The events that a ledger keeps book of. */
export type LedgerEvent =
  Extract<GateEvent, { readonly type: 'connection-accepted' | 'identity-accepted' }> | RefusalEvent

/** Not the permissions that are allowed, of which there are the most, and which say nothing here. */
export const ledgerEventTypes = [
  'connection-accepted',
  'connection-closed',
  'handshake-refused',
  'identity-accepted',
  'identity-rejected',
  'permission-denied',
] as const

/** What was heard of a gate. */
export interface LedgerBook {
  readonly note: (event: LedgerEvent, now: number) => void
  /** What the gate did when it was last heard; null before. */
  readonly mode: () => RolloutMode | null
  readonly accepted: (now: number) => LedgerAccepted
  readonly tables: LedgerTables
  readonly authorities: AuthorityUse
}

/** @param window milliseconds */
export function createLedgerBook(
  window: number,
  limits: Parameters<typeof createLedgerTables>[0],
): LedgerBook {
  const tables = createLedgerTables(limits)
  const authorities = createAuthorityUse()
  const connections = createRecentCount(window)
  const requests = createRecentCount(window)
  let mode: RolloutMode | null = null
  return {
    note(event, now) {
      mode = event.mode
      if (event.type === 'identity-accepted') requests.add(now)
      else if (event.type === 'connection-accepted') {
        connections.add(now)
        authorities.note(event, now)
      } else tables.note(readSighting(event), now)
    },
    mode: () => mode,
    accepted: (now) => ({
      connections: connections.sum(now),
      requests: requests.sum(now),
      last: laterOf(connections.last, requests.last),
    }),
    tables,
    authorities,
  }
}
