// Measures the headers of one contract in a process of its own, started by `worst-headers.ts`: the
// parameter is the name of its factory.
import { openSocket } from './admit-lines.js'
import { createCandidates } from './candidates.js'
import { findSlowest, leastOf, measureCandidate } from './measure-candidates.js'
import type { CandidateCost } from './measure-candidates.js'

/** What is to be measured. */
export interface Order {
  /** Those that are measured; null for the ones that are found to be the slowest. */
  readonly candidates: readonly string[] | null
  /** How many of all candidates are looked at for these; null for all. */
  readonly tried: number | null
  /** For each candidate and size in each round, roughly. */
  readonly milliseconds: number
  /** How often each is measured, by turns; the least counts. */
  readonly rounds: number
}

const [factory = ''] = process.argv.slice(2)
const candidates = createCandidates(factory)
const socket = await openSocket()
process.once('disconnect', () => process.exit())
process.on('message', (order: Order) => {
  void measure(order).then((costs) => process.send?.(costs))
})

async function measure(order: Order): Promise<readonly CandidateCost[]> {
  const tried = candidates.slice(0, order.tried ?? candidates.length)
  const chosen = order.candidates ?? findSlowest(tried, socket, 4)
  const measured = candidates.filter(({ name }) => chosen.includes(name))
  const costs: CandidateCost[] = []
  for (let round = 0; round < order.rounds; round += 1) {
    for (const candidate of measured) {
      costs.push(await measureCandidate(candidate, socket, order.milliseconds))
    }
  }
  return leastOf(costs)
}
