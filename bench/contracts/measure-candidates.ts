import type { Socket } from 'node:net'
import { measureEachNew } from '../measure.js'
import { createForgetfulGate, createRequests } from './admit-lines.js'
import type { Candidate } from './candidates.js'

/** What the headers of a candidate cost, in microseconds by their size. */
export interface CandidateCost {
  readonly candidate: string
  readonly microseconds: readonly number[]
}

/** The sizes that are measured, in characters: half of what Node reads at most, that, and twice that. */
export const sizes = [8_192, 16_384, 32_768] as const

/** The names of the slowest when tried a few times, one of each kind. */
export function findSlowest(
  candidates: readonly Candidate[],
  socket: Socket,
  amount: number,
): readonly string[] {
  // What comes first would be measured while nothing is compiled yet.
  for (const candidate of candidates.slice(0, 50)) tryOnce(candidate, socket)
  const slowest = candidates
    .map((candidate) => ({ ...candidate, milliseconds: tryOnce(candidate, socket) }))
    .toSorted((one, other) => other.milliseconds - one.milliseconds)
  const kinds = [...new Set(slowest.map(({ kind }) => kind))].slice(0, amount)
  return kinds.flatMap((kind) => slowest.find((one) => one.kind === kind)?.name ?? [])
}

function tryOnce({ contract, write }: Candidate, socket: Socket): number {
  const { admit } = createForgetfulGate(contract)
  const newRequest = createRequests(socket, write(sizes[1]))
  const times = Array.from({ length: 5 }, () => {
    const request = newRequest()
    const begun = performance.now()
    admit(request)
    return performance.now() - begun
  })
  return Math.min(...times)
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
    const { nanoseconds } = await measureEachNew(newRequest, admit, milliseconds)
    microseconds.push(nanoseconds / 1_000)
  }
  return { candidate: name, microseconds }
}
