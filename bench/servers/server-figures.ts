import { judge, spreadOf } from '../figure.js'
import type { Contestant, Figure } from '../figure.js'
import type { ServerCosts } from './run-field.js'

/** A ratio that the CPU time of two servers has to reach. */
export interface Comparison {
  readonly figure: string
  readonly limit: number
  readonly unit: '' | '×'
  /** Whose CPU time is divided, and by whose. */
  readonly of: string
  readonly by: string
}

/** Judges the CPU time of two servers by the least of all rounds, which has the least of other work. */
export function compareServers(
  costs: readonly ServerCosts[],
  field: string,
  { figure, limit, unit, of, by }: Comparison,
): Figure {
  const [dividend, divisor] = [find(costs, of), find(costs, by)]
  const value = least(dividend.cpu.flat()) / least(divisor.cpu.flat())
  const [dividends, divisors] = [halvesOf(dividend), halvesOf(divisor)]
  const parts = dividends.map((rounds, half) => least(rounds) / least(divisors[half] ?? []))
  return judge({
    figure,
    goal: { sign: '≥', limit, unit },
    value,
    spread: Math.max(noiseOf(costs) * value, spreadOf(value, parts)),
    contestants: costs.map((cost) => ({ ...contestantOf(cost), field })),
  })
}

/** Every other generation, so that each half is a measurement by rounds and processes of its own. */
function halvesOf({ cpu }: ServerCosts): readonly (readonly number[])[] {
  const halves = [0, 1].map((half) => cpu.filter((_, index) => index % 2 === half).flat())
  return halves.filter(({ length }) => length > 0)
}

/** How far two servers are apart that are the same. */
function noiseOf(costs: readonly ServerCosts[]): number {
  const [bare, again] = [find(costs, 'bare'), find(costs, 'bare, again')]
  return Math.abs(1 - least(again.cpu.flat()) / least(bare.cpu.flat()))
}

function contestantOf({ name, cpu, throughput }: ServerCosts): Contestant {
  const most = Math.max(...throughput)
  return { name, measured: least(cpu.flat()), unit: 'µs of CPU', throughput: Math.round(most) }
}

function find(costs: readonly ServerCosts[], name: string): ServerCosts {
  const found = costs.find((cost) => cost.name === name)
  if (found === undefined) throw new Error(`nobody is called "${name}"`)
  return found
}

function least(values: readonly number[]): number {
  return Math.min(...values)
}
