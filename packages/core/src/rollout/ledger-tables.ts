import { laterOf } from './later-of.js'
import type { LedgerDropped } from './ledger-export.js'
import { createLedgerRecord } from './ledger-record.js'
import type { LedgerRecord } from './ledger-record.js'
import type { Sighting } from './ledger-sighting.js'

/**
 * Who was refused, or would have been. Peers of the configured CAs have a table of their own, out of
 * which no stranger can push them, however many come.
 */
export interface LedgerTables {
  readonly note: (sighting: Sighting, now: number) => void
  /** The last first. */
  readonly peers: () => readonly LedgerRecord[]
  readonly strangers: () => readonly LedgerRecord[]
  readonly forget: (key: string) => boolean
  readonly dropped: { readonly peers: Dropped; readonly strangers: Dropped }
}

/** What was dropped, and when the last of it was seen in a way that stands against strict. */
interface Dropped extends LedgerDropped {
  readonly lastBlocking: number | null
  readonly lastOfOurs: number | null
}

export function createLedgerTables(limits: {
  readonly peers: number
  readonly strangers: number
}): LedgerTables {
  const peers = createTable(limits.peers)
  const strangers = createTable(limits.strangers)
  return {
    note(sighting, now) {
      const { key } = sighting
      const record = peers.take(key) ?? strangers.take(key) ?? createLedgerRecord(key, now)
      record.note(sighting, now)
      if (record.standing().isOfConfiguredCa === true) peers.put(record, now)
      else strangers.put(record, now)
    },
    peers: peers.list,
    strangers: strangers.list,
    forget: (key) => (peers.take(key) ?? strangers.take(key)) !== undefined,
    dropped: {
      get peers() {
        return peers.dropped()
      },
      get strangers() {
        return strangers.dropped()
      },
    },
  }
}

function createTable(limit: number) {
  // A map is in the order in which its entries were set.
  const records = new Map<string, LedgerRecord>()
  let dropped: Dropped = { count: 0, last: null, lastBlocking: null, lastOfOurs: null }

  function drop({ key, standing }: LedgerRecord, now: number): void {
    const { lastBlocking, lastOfOurs } = standing()
    records.delete(key)
    dropped = {
      count: dropped.count + 1,
      last: now,
      lastBlocking: laterOf(dropped.lastBlocking, lastBlocking),
      lastOfOurs: laterOf(dropped.lastOfOurs, lastOfOurs),
    }
  }

  return {
    take(key: string): LedgerRecord | undefined {
      const record = records.get(key)
      if (record !== undefined) records.delete(key)
      return record
    },
    put(record: LedgerRecord, now: number): void {
      records.set(record.key, record)
      if (records.size <= limit) return
      const [oldest] = records.values()
      if (oldest !== undefined) drop(oldest, now)
    },
    list: () => [...records.values()].toReversed(),
    dropped: () => dropped,
  }
}
