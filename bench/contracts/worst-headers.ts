import { startChild } from '../child.js'
import { judge, spreadOf } from '../figure.js'
import type { Contestant, Figure } from '../figure.js'
import { contractNames } from './candidates.js'
import type { Order } from './contract-process.js'
import type { CandidateCost } from './measure-candidates.js'

/** What the candidates of a contract cost, by rounds. */
interface ContractCosts {
  readonly contract: string
  readonly rounds: readonly (readonly CandidateCost[])[]
}

export interface HeaderPace extends Omit<Order, 'candidates'> {
  readonly rounds: number
  /** How many contracts; null for all. */
  readonly contracts: number | null
}

/**
 * The time of the worst header of 16 KiB of each contract, and how it grows. The worst are found once, and
 * then measured in each round anew; the least of the rounds has the least of other work on the machine.
 */
export async function measureWorstHeaders({
  contracts,
  ...pace
}: HeaderPace): Promise<readonly Figure[]> {
  const all: ContractCosts[] = []
  for (const contract of contractNames.slice(0, contracts ?? contractNames.length)) {
    console.error(`worst headers: ${contract}`)
    all.push(await measureContract(contract, pace))
  }
  return [judgeTime(all), judgeGrowth(all)]
}

async function measureContract(
  contract: string,
  { rounds, ...pace }: Omit<HeaderPace, 'contracts'>,
): Promise<ContractCosts> {
  const first = await measureRound(contract, { candidates: null, ...pace })
  const candidates = first.map(({ candidate }) => candidate)
  const measured = [first]
  for (let round = 1; round < rounds; round += 1) {
    measured.push(await measureRound(contract, { candidates, ...pace }))
  }
  return { contract, rounds: measured }
}

/** In a process of its own: a service has one contract, too. */
async function measureRound(contract: string, order: Order): Promise<readonly CandidateCost[]> {
  const file = new URL('contract-process.js', import.meta.url)
  const child = startChild(file, [contract], ['--expose-gc'])
  try {
    return (await child.ask(order)) as readonly CandidateCost[]
  } finally {
    await child.stop()
  }
}

function judgeTime(all: readonly ContractCosts[]): Figure {
  const contestants = all.map(({ contract, rounds }): Contestant => {
    const { candidate, value } = greatest(leastOf(rounds), timeOf)
    return { name: `${contract}, ${candidate}`, measured: value, unit: 'µs' }
  })
  const value = Math.max(...contestants.map(({ measured }) => measured))
  return judge({
    figure: 'worst 16 KiB header',
    goal: { sign: '≤', limit: 500, unit: 'µs' },
    value,
    spread: spreadOf(value, worstByRound(all, timeOf)),
    contestants,
  })
}

function judgeGrowth(all: readonly ContractCosts[]): Figure {
  const contestants = all.map(({ contract, rounds }): Contestant => {
    const { candidate, value } = greatest(leastOf(rounds), growthOf)
    return { name: `${contract}, ${candidate}`, measured: value, unit: '×' }
  })
  const value = Math.max(...contestants.map(({ measured }) => measured))
  return judge({
    figure: 'worst header, doubled',
    goal: { sign: '≤', limit: 2.3, unit: '×' },
    value,
    spread: spreadOf(value, worstByRound(all, growthOf)),
    contestants,
  })
}

/** The time of 16 KiB. */
function timeOf({ microseconds: [, time = Infinity] }: CandidateCost): number {
  return time
}

/** How many times as long it takes to read twice as much. */
function growthOf({ microseconds }: CandidateCost): number {
  const ratios = microseconds
    .slice(1)
    .map((time, index) => time / (microseconds[index] ?? Infinity))
  return Math.max(...ratios)
}

/** The least that each candidate and size was measured at. */
function leastOf(rounds: ContractCosts['rounds']): readonly CandidateCost[] {
  const [first = []] = rounds
  return first.map(({ candidate, microseconds }) => ({
    candidate,
    microseconds: microseconds.map((_, size) =>
      Math.min(...rounds.map((costs) => timeIn(costs, candidate, size))),
    ),
  }))
}

function timeIn(costs: readonly CandidateCost[], candidate: string, size: number): number {
  return costs.find((cost) => cost.candidate === candidate)?.microseconds[size] ?? Infinity
}

/** What each round would have come to alone. */
function worstByRound(
  all: readonly ContractCosts[],
  measure: (cost: CandidateCost) => number,
): readonly number[] {
  const [{ rounds: first } = { rounds: [] }] = all
  return first.map((_, round) =>
    Math.max(...all.map(({ rounds }) => greatest(rounds[round] ?? [], measure).value)),
  )
}

function greatest(
  costs: readonly CandidateCost[],
  measure: (cost: CandidateCost) => number,
): { readonly candidate: string; readonly value: number } {
  return costs
    .map((cost) => ({ candidate: cost.candidate, value: measure(cost) }))
    .reduce((most, one) => (one.value > most.value ? one : most))
}
