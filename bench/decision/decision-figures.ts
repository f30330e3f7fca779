import { judge, spreadOf } from '../figure.js'
import type { Contestant, Figure } from '../figure.js'
import type { Measurement } from './measure-contender.js'
import { runRounds } from './run-rounds.js'

export interface DecisionPace {
  readonly rounds: number
  readonly milliseconds: number
}

/** What one decision costs among 10,000 grants. */
export async function measureDecisions({
  rounds,
  milliseconds,
}: DecisionPace): Promise<readonly Figure[]> {
  const measured: (readonly Measurement[])[] = []
  for (let round = 1; round <= rounds; round += 1) {
    measured.push(await runRounds({ rounds: 1, sizes: [few, many], milliseconds }))
  }
  const warm = valueOf(measured, (round) => slowest(round, 'warm', many))
  const growth = valueOf(
    measured,
    (round) => slowest(round, 'warm', many) / slowest(round, 'warm', few),
  )
  const cold = valueOf(measured, (round) => slowest(round, 'cold', many))
  return [
    judge({
      figure: 'one decision among 10,000 grants, warm',
      goal: { sign: '≤', limit: 1, unit: 'µs' },
      ...warm,
      contestants: contestantsOf(measured, 'warm'),
    }),
    judge({
      figure: 'one decision, warm: among 10,000 grants / among 10',
      goal: { sign: '≤', limit: 1.5, unit: '×' },
      ...growth,
      contestants: [few, many].map((grants) => ({
        name: `Peergate, ${grants.toLocaleString('en')} grants`,
        measured: Math.min(...measured.map((round) => slowest(round, 'warm', grants))),
        unit: 'µs',
      })),
    }),
    judge({
      figure: 'one decision among 10,000 grants, cold',
      goal: { sign: '≤', limit: 10, unit: 'µs' },
      ...cold,
      contestants: contestantsOf(measured, 'cold'),
    }),
  ]
}

const few = 10
const many = 10_000

/** The least of the rounds, and how far the others are from it. */
function valueOf(
  rounds: readonly (readonly Measurement[])[],
  measure: (round: readonly Measurement[]) => number,
): Pick<Figure, 'spread' | 'value'> {
  const values = rounds.map(measure)
  const value = Math.min(...values)
  return { value, spread: spreadOf(value, values) }
}

/** The slower of the two answers, in microseconds. */
function slowest(
  round: readonly Measurement[],
  state: Measurement['state'],
  grants: number,
  contender = 'Peergate',
): number {
  const own = round.filter((one) => one.contender === contender && one.state === state)
  const times = own.filter((one) => one.grants === grants).map(({ nanoseconds }) => nanoseconds)
  return Math.max(...times) / 1_000
}

function contestantsOf(
  rounds: readonly (readonly Measurement[])[],
  state: Measurement['state'],
): readonly Contestant[] {
  const names = new Set(rounds.flat().map(({ contender }) => contender))
  return Array.from(names, (name) => ({
    name,
    measured: Math.min(...rounds.map((round) => slowest(round, state, many, name))),
    unit: 'µs',
  }))
}
