import type { TlsGate } from '../tls/tls-gate.js'
import type { LedgerBook } from './ledger-book.js'
import type { LedgerDropped, LedgerExport } from './ledger-export.js'
import { isBlocking, judgeLedger } from './ledger-verdict.js'
import type { LedgerState } from './ledger-verdict.js'

/** The ledger as plain JSON. */
export function exportLedger(
  book: LedgerBook,
  state: LedgerState,
  { gate, tls }: { readonly gate: string; readonly tls: TlsGate | undefined },
): LedgerExport {
  const { window, strangers, since, now, accepted } = state
  const { tables, authorities } = book
  return {
    version: 1,
    gate,
    mode: book.mode(),
    window,
    strangers,
    since,
    at: now,
    verdict: judgeLedger(state),
    accepted,
    entries: [...tables.peers(), ...tables.strangers()].map((record) =>
      record.toEntry(isBlocking(record.standing(), state)),
    ),
    dropped: {
      peers: describeDropped(tables.dropped.peers),
      strangers: describeDropped(tables.dropped.strangers),
    },
    authorities: tls === undefined ? null : authorities.listAuthorities(tls.status().authorities),
    unattributed: authorities.listUnattributed(tls?.trustSets ?? []),
  }
}

function describeDropped({ count, last }: LedgerDropped): LedgerDropped {
  return { count, last }
}
