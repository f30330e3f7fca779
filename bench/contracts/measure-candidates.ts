import type { Socket } from 'node:net'
import { timeEachNew } from '../measure.js'
import { createForgetfulGate, createRequests } from './admit-lines.js'
import type { Candidate } from './candidates.js'

/** What the headers of a candidate cost, in microseconds by their size. */
export interface CandidateCost {
  readonly candidate: string
  readonly microseconds: readonly number[]
}

/** The sizes that are measured, in characters: half of what Node reads at most, that, and twice that. */
const sizes = [8_192, 16_384, 32_768] as const

/** The least that each candidate and size was measured at: it has the least of other work on the machine. */
export function leastOf(costs: readonly CandidateCost[]): readonly CandidateCost[] {
  const names = new Set(costs.map(({ candidate }) => candidate))
  return [...names].map((candidate) => {
    const own = costs.filter((cost) => cost.candidate === candidate)
    const leastAt = (size: number) =>
      Math.min(...own.map(({ microseconds }) => microseconds[size] ?? Infinity))
    return { candidate, microseconds: sizes.map((_, size) => leastAt(size)) }
  })
}

/** The names of the slowest when tried a few times, one of each kind. */
export function findSlowest(
  candidates: readonly Candidate[],
  socket: Socket,
  amount: number,
): readonly string[] {
  // What comes first would be measured while nothing is compiled yet.
  for (const candidate of candidates.slice(0, 50)) tryOften(candidate, socket, 5)
  const likely = sortBySlowness(candidates, socket, 2).slice(0, 100)
  const slowest = sortBySlowness(likely, socket, 10)
  const kinds = [...new Set(slowest.map(({ kind }) => kind))].slice(0, amount)
  return kinds.flatMap((kind) => slowest.find((one) => one.kind === kind)?.name ?? [])
}

function sortBySlowness(
  candidates: readonly Candidate[],
  socket: Socket,
  times: number,
): readonly Candidate[] {
  return candidates
    .map((candidate) => ({ ...candidate, milliseconds: tryOften(candidate, socket, times) }))
    .toSorted((one, other) => other.milliseconds - one.milliseconds)
}

/** The least of some times, in milliseconds. */
function tryOften({ contract, write }: Candidate, socket: Socket, times: number): number {
  const { admit } = createForgetfulGate(contract)
  const newRequest = createRequests(socket, write(sizes[1]))
  const measured = Array.from({ length: times }, () => {
    const request = newRequest()
    const begun = performance.now()
    admit(request)
    return performance.now() - begun
  })
  return Math.min(...measured)
}

/** All that a request costs in the gate, whether it is admitted or refused. */
export async function measureCandidate(
  { name, contract, write }: Candidate,
  socket: Socket,
  milliseconds: number,
): Promise<CandidateCost> {
  const { admit } = createForgetfulGate(contract)
  const microseconds: number[] = []
  for (const size of sizes) {
    const newRequest = createRequests(socket, write(size))
    const { nanoseconds } = await timeEachNew(newRequest, admit, milliseconds)
    microseconds.push(nanoseconds / 1_000)
  }
  return { candidate: name, microseconds }
}
