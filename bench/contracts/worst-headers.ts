import { startChild } from '../child.js'
import { judge, spreadOf } from '../figure.js'
import type { Contestant, Figure } from '../figure.js'
import { contractNames } from './candidates.js'
import type { Order } from './contract-process.js'
import { leastOf } from './measure-candidates.js'
import type { CandidateCost } from './measure-candidates.js'

/** What the candidates of a contract cost in each process. */
interface ContractCosts {
  readonly contract: string
  readonly processes: readonly (readonly CandidateCost[])[]
}

export interface HeaderPace extends Omit<Order, 'candidates'> {
  /** How many processes measure a contract, one after the other. */
  readonly processes: number
  /** How many contracts; null for all. */
  readonly contracts: number | null
}

/**
 * The time of the worst header of 16 KiB of each contract, and how it grows. The worst are found once, and
 * then measured in each process anew.
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
  { processes, ...pace }: Omit<HeaderPace, 'contracts'>,
): Promise<ContractCosts> {
  const first = await runProcess(contract, { candidates: null, ...pace })
  const candidates = first.map(({ candidate }) => candidate)
  const measured = [first]
  while (measured.length < processes) {
    measured.push(await runProcess(contract, { candidates, ...pace }))
  }
  return { contract, processes: measured }
}

/** Of one contract alone: a service has one, too. */
async function runProcess(contract: string, order: Order): Promise<readonly CandidateCost[]> {
  const file = new URL('contract-process.js', import.meta.url)
  const child = startChild(file, [contract], ['--expose-gc'])
  try {
    return (await child.ask(order)) as readonly CandidateCost[]
  } finally {
    await child.stop()
  }
}

function judgeTime(all: readonly ContractCosts[]): Figure {
  const contestants = all.map(({ contract, processes }): Contestant => {
    const { candidate, value } = greatest(leastOf(processes.flat()), timeOf)
    return { name: `${contract}, ${candidate}`, measured: value, unit: 'µs' }
  })
  const value = Math.max(...contestants.map(({ measured }) => measured))
  return judge({
    figure: 'worst 16 KiB header',
    goal: { sign: '≤', limit: 500, unit: 'µs' },
    value,
    spread: spreadOf(value, worstByProcess(all, timeOf)),
    contestants,
  })
}

function judgeGrowth(all: readonly ContractCosts[]): Figure {
  const contestants = all.map(({ contract, processes }): Contestant => {
    const { candidate, value } = greatest(leastOf(processes.flat()), growthOf)
    return { name: `${contract}, ${candidate}`, measured: value, unit: '×' }
  })
  const value = Math.max(...contestants.map(({ measured }) => measured))
  return judge({
    figure: 'worst header, doubled',
    goal: { sign: '≤', limit: 2.3, unit: '×' },
    value,
    spread: spreadOf(value, worstByProcess(all, growthOf)),
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

/** What each process would have come to alone. */
function worstByProcess(
  all: readonly ContractCosts[],
  measure: (cost: CandidateCost) => number,
): readonly number[] {
  const [{ processes: first } = { processes: [] }] = all
  return first.map((_, index) =>
    Math.max(...all.map(({ processes }) => greatest(processes[index] ?? [], measure).value)),
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
