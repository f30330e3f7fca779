import type { Running } from './changes.js'
import type { Count } from './load.js'

/** What came of one change. */
export interface Phase {
  readonly name: string
  readonly count: Count
  readonly checked: readonly Rule[]
}

/** What has to hold, and whether it does. */
export type Rule = readonly [rule: string, holds: boolean]

/** Within how many milliseconds a client that is no longer valid must be out. */
const bound = 1000

/** Everything that is claimed of a run. */
export function listRules({ service, load }: Running, phases: readonly Phase[]): readonly Rule[] {
  const total = load.count({ from: 0, until: Infinity })
  const closed = service.refusals.filter(({ client, at }) => load.isValid(client, at))
  const fates = load.invalid.map((invalid) => ({ ...invalid, ...load.fateOf(invalid) }))
  const codesOf = (name: string, since: number) =>
    service.refusals.filter(({ client, at }) => client === name && at >= since)
  return [
    ['not one request of a valid client failed', total.failed === 0],
    [
      'every valid client was answered after every change',
      phases.every(({ count }) => count.unserved.length === 0),
    ],
    [
      `a request was sent again only where the service closed its connection: ${total.sentAgain} of ${closed.length}`,
      total.sentAgain <= closed.length,
    ],
    ['not one request was performed twice', service.performedTwice() === 0],
    [
      'every client that is no longer valid was out within a second, and stayed out',
      fates.length > 0 &&
        fates.every(({ refused, lastAnswer }) => refused > 0 && lastAnswer < bound),
    ],
    [
      'the service said of each why',
      fates.every(({ client, code, since }) =>
        codesOf(client, since).every((refusal) => refusal.code === code),
      ),
    ],
    ...phases.flatMap(({ checked }) => checked),
  ]
}
