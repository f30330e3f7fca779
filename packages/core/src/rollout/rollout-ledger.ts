import * as z from 'zod'
import { lazily } from '../lazily.js'
import { optionError, parseOptions, strictOptions } from '../options.js'
import { gateNameSchema } from '../rollout-mode.js'
import { tlsGateSchema } from '../source/socket.js'
import { onGateEvent } from '../telemetry/on-gate-event.js'
import type { TlsGate } from '../tls/tls-gate.js'
import { exportLedger } from './export-ledger.js'
import { createLedgerBook, ledgerEventTypes } from './ledger-book.js'
import type { LedgerEvent } from './ledger-book.js'
import type { LedgerExport, LedgerVerdict } from './ledger-export.js'
import { judgeLedger } from './ledger-verdict.js'
import type { LedgerState } from './ledger-verdict.js'

export interface RolloutLedgerOptions {
  /**
   * For how many seconds nobody may have been refused: long enough that every client was there, also
   * the one that comes once a month. From a second to 366 days.
   */
  readonly window: number
  /** The TLS gate, whose configured CAs are listed with their use. */
  readonly tls?: TlsGate
  /** The name of the gate; that of `tls`, or `default`, without it. */
  readonly gate?: string
  /** How many peers are kept; beyond that, the one that was not seen for the longest is dropped. */
  readonly limits?: RolloutLedgerLimits
  /**
   * Whether strangers stand against strict (`block`, the default) or not (`ignore`): who has another
   * CA, no certificate, or fails before one is sent. Of whom this cannot be told is never ignored.
   */
  readonly strangers?: 'block' | 'ignore'
  /**
   * The time now in epoch milliseconds. By default a clock that is set once, when the process starts,
   * and goes on steadily from there: by one that is put forward, a window would have passed at once.
   */
  readonly clock?: () => number
}

export interface RolloutLedgerLimits {
  /** Of a configured CA; 10,000 by default. */
  readonly peers?: number
  /** Of everybody else; 1,000 by default. */
  readonly strangers?: number
}

/** Who would have been refused, and by that whether a service is ready for strict mutual TLS. */
export interface RolloutLedger {
  /** The name of the gate that it watches. */
  readonly gate: string
  /** Whether the service is ready for strict, and why. */
  readonly verdict: () => LedgerVerdict
  /** Everything, as plain JSON. */
  readonly toJSON: () => LedgerExport
  /**
   * Takes out the entry of a peer that was fixed, or is gone; whether there was one. If it comes again
   * as it was, so does its entry.
   */
  readonly forget: (key: string) => boolean
  /** Stops watching. What is in the ledger can still be read; the verdict is never yes again. */
  readonly stop: () => void
}

/**
 * Keeps book of everybody whom one gate refuses or would refuse, from now on and within bounds, so that
 * a service can tell whether it is ready for strict. It is in the memory of this process: ask all.
 *
 * A client that is fixed comes with a new certificate, and mostly as a new entry: only the window
 * clears the old one, or {@link RolloutLedger.forget}.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const ledger = createRolloutLedger({ tls, window: 30 * 24 * 3600 })
 * const { ready, because } = ledger.verdict()
 * ```
 */
export function createRolloutLedger(options: RolloutLedgerOptions): RolloutLedger {
  const parsed = parseOptions('createRolloutLedger', ledgerSchema(), options)
  const { tls, window, strangers, limits } = parsed
  const gate = nameOf(parsed)
  const clock = () => readClock(parsed.clock)
  const since = clock()
  const book = createLedgerBook(window * 1000, limits)
  const { tables } = book
  const hear = (event: LedgerEvent) => book.note(event, clock())
  const subscription = onGateEvent(hear, { gate, types: ledgerEventTypes })
  let isStopped = false

  function readState(): LedgerState {
    const now = clock()
    const lost = subscription.faults + subscription.skipped
    const accepted = book.accepted(now)
    return { now, since, isStopped, window, strangers, tables, limits, accepted, lost }
  }

  return Object.freeze({
    gate,
    verdict: () => judgeLedger(readState()),
    toJSON: () => exportLedger(book, readState(), { gate, tls }),
    forget: tables.forget,
    stop() {
      isStopped = true
      subscription.stop()
    },
  })
}

function nameOf({ gate, tls }: { readonly gate?: string; readonly tls?: TlsGate }): string {
  if (gate !== undefined && tls !== undefined && gate !== tls.name) {
    throw optionError(
      'createRolloutLedger',
      `option "gate" is ${JSON.stringify(gate)}, and the gate in option "tls" is called ${JSON.stringify(tls.name)}; give both gates of a service one name`,
    )
  }
  return gate ?? tls?.name ?? 'default'
}

/** By the monotonic clock, which may run apart from the system's in a process that lives for long. */
function steadyNow(): number {
  return Math.floor(performance.timeOrigin + performance.now())
}

/** What is recorded by a clock that fails is never of the past. */
function readClock(clock: () => number): number {
  try {
    const now: unknown = clock()
    return typeof now === 'number' ? now : Number.NaN
  } catch {
    return Number.NaN
  }
}

const ledgerSchema = lazily(() => {
  const limit = z
    .number()
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(1_000_000, 'must be at most 1000000')
  return strictOptions({
    window: z
      .number()
      .min(1, 'must be at least 1 second')
      .max(366 * 24 * 3600, 'must be at most 366 days'),
    tls: tlsGateSchema().exactOptional(),
    gate: gateNameSchema().unwrap().exactOptional(),
    limits: strictOptions({
      peers: limit.default(10_000),
      strangers: limit.default(1000),
    }).prefault({}),
    strangers: z.enum(['block', 'ignore']).default('block'),
    clock: z
      .custom<() => number>((value) => typeof value === 'function', 'must be a function')
      .default(() => steadyNow),
  })
})
