import { quote } from '../identity-value/quote.js'
import type { LedgerAccepted, LedgerVerdict } from './ledger-export.js'
import type { LedgerRecord, Standing } from './ledger-record.js'
import type { LedgerTables } from './ledger-tables.js'

/** What a verdict is given on. Times are epoch milliseconds. */
export interface LedgerState {
  /** Not a number where the clock fails. */
  readonly now: number
  readonly since: number
  readonly isStopped: boolean
  /** Seconds. */
  readonly window: number
  readonly strangers: 'block' | 'ignore'
  readonly tables: LedgerTables
  readonly limits: { readonly peers: number }
  readonly accepted: LedgerAccepted
  /** How many events could not be recorded. */
  readonly lost: number
}

/** A no before an unknown: who was seen was seen, however little else was. */
export function judgeLedger(state: LedgerState): LedgerVerdict {
  const refused = listRefused(state)
  if (refused.length > 0) return { ready: 'no', because: refused }
  const unknown = listUnknown(state)
  if (unknown.length > 0) return { ready: 'unknown', because: unknown }
  const { connections, requests } = state.accepted
  const ignored = state.strangers === 'ignore' ? ' but strangers, who are ignored,' : ''
  const nobody = `${within(state)} nobody${ignored} was refused or would have been`
  return {
    ready: 'yes',
    because: [`${nobody}; accepted connections: ${connections}, requests: ${requests}`],
  }
}

/** Whether strict would refuse this peer, by what was seen of it within the window. */
export function isBlocking(
  standing: Pick<Standing, 'lastBlocking' | 'lastOfOurs'>,
  state: LedgerState,
): boolean {
  const last = state.strangers === 'block' ? standing.lastBlocking : standing.lastOfOurs
  return isInWindow(last, state)
}

/** Written so that nothing is of the past by a clock that fails. */
function isInWindow(time: number | null, { now, window }: LedgerState): boolean {
  return time !== null && !(time < now - window * 1000)
}

function listRefused(state: LedgerState): readonly string[] {
  const { tables } = state
  const peers = tables.peers().filter(({ standing }) => isBlocking(standing(), state))
  const strangers = tables.strangers().filter(({ standing }) => isBlocking(standing(), state))
  const sentences = [
    ...describeRefused('of the clients of configured CAs', peers, state),
    ...describeRefused('of all others', strangers, state),
  ]
  if (isBlocking(tables.dropped.strangers, state)) {
    const { count } = tables.dropped.strangers
    sentences.push(
      `of all others, the entries of ${count} were dropped, and somebody of them was seen ${within(state)}`,
    )
  }
  return sentences
}

const mostNamed = 5

function describeRefused(
  whose: string,
  records: readonly LedgerRecord[],
  state: LedgerState,
): readonly string[] {
  if (records.length === 0) return []
  const named = records.slice(0, mostNamed).map(({ key }) => quote(key))
  const left = records.length - named.length
  const names = [...named, ...(left === 0 ? [] : [`and ${left} more`])].join(', ')
  return [
    `${whose}, ${records.length} would be refused by what was seen ${within(state)}: ${names}`,
  ]
}

function listUnknown(state: LedgerState): readonly string[] {
  const { now, since, isStopped, window, tables, limits, accepted, lost } = state
  const watched = now - since
  const { peers } = tables.dropped
  const reasons: readonly (readonly [isSo: boolean, reason: string])[] = [
    [isStopped, 'the ledger was stopped, and has seen nothing since'],
    [
      !(watched >= window * 1000),
      `the ledger has watched for ${Math.floor(watched / 1000)} of ${window} seconds`,
    ],
    [!wasAcceptedRecently(accepted, state), `nobody was accepted ${within(state)}`],
    [
      isInWindow(peers.last, state),
      `entries of peers of the configured CAs were dropped ${within(state)}, since the ledger holds ${limits.peers} of them`,
    ],
    [lost > 0, `events that could not be recorded: ${lost}`],
  ]
  return reasons.filter(([isSo]) => isSo).map(([, reason]) => reason)
}

function wasAcceptedRecently({ last }: LedgerAccepted, { now, window }: LedgerState): boolean {
  return last !== null && last >= now - window * 1000
}

function within({ window }: LedgerState): string {
  return `within the last ${window} seconds`
}
