import type { RolloutLedger } from '@peergate/core'
import type { Outcome } from './round.js'
import { formatTable } from './table.js'

export function printOutcomes(outcomes: readonly Outcome[]): void {
  console.log(
    formatTable(
      ['client', 'which', 'met'],
      outcomes.map((outcome) => [outcome.client, outcome.fault, describeOutcome(outcome)]),
    ),
  )
}

export function describeOutcome({ status, code }: Outcome): string {
  return status === null ? 'the end of its connection' : `${status} ${code ?? ''}`.trimEnd()
}

/** The ledger as an operator reads it: who it was, what would come of it, and the verdict. */
export function printLedger(ledger: RolloutLedger): void {
  const { entries } = ledger.toJSON()
  const rows = entries.map((entry) => [
    entry.identity?.value ?? entry.unverified?.subject ?? shorten(entry.key),
    // What a certificate says that was not accepted may be anybody's word.
    describeOrigin(entry.isOfConfiguredCa),
    entry.refusals.map(({ stage, code }) => `${stage} ${code}`).join(', '),
    entry.routes.map(({ route }) => route).join(', '),
    entry.isBlocking ? 'blocks' : '',
  ])
  console.log(`\n  The ledger:\n\n${formatTable(['who', 'is', 'by', 'on', ''], rows)}\n`)
  printVerdict(ledger, 'now')
}

export function printVerdict(ledger: RolloutLedger, when: string): void {
  const { ready, because } = ledger.verdict()
  const [first = '', ...more] = because
  console.log(`  ready for strict (${when}): ${ready}, because ${shorten(first)}`)
  for (const reason of more) console.log(`    and ${shorten(reason)}`)
}

function describeOrigin(isOfConfiguredCa: boolean | null): string {
  if (isOfConfiguredCa === null) return 'not known'
  return isOfConfiguredCa ? 'of our CA' : 'a stranger'
}

/** Three bytes of a fingerprint are enough to tell seven clients apart. */
function shorten(text: string): string {
  return text.replaceAll(/((?:[\dA-F]{2}:){3})(?:[\dA-F]{2}:){28}[\dA-F]{2}/gu, '$1…')
}
