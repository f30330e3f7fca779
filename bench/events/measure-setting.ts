import type { RequestLike, RequestPlace } from '@peergate/core'
import { createDecider } from '../decision/contenders/peergate.js'
import { createWork, questions } from '../decision/work.js'
import type { Question } from '../decision/work.js'
import { measureCall } from '../measure.js'
import type { Cost } from '../measure.js'
import type { Setting } from './settings.js'

/** What one decision about a request costs, and what is told of it. */
export interface Measurement extends Cost {
  readonly question: Question
}

/** Asks as the adapters do: each time about another request, of the same peer. */
export async function measureSetting(
  { mode, listen }: Setting,
  milliseconds: number,
): Promise<readonly Measurement[]> {
  const work = createWork(1_000)
  const { meet, ask } = createDecider(work, mode)
  const peer = meet(work.identity)
  listen()
  const measurements: Measurement[] = []
  for (const question of Object.keys(questions) as Question[]) {
    const guard = ask[question]
    const cost = await measureCall(
      () => guard(peer, createRequest(), params, placeOf),
      milliseconds,
    )
    measurements.push({ question, ...cost })
  }
  return measurements
}

const params = Object.freeze({ id: '42' })

/** What stands for Node's request, and is measured too: some bytes, which are a new key for what is remembered. */
function createRequest(): RequestLike {
  return { method: 'GET', url: '/invoices/42', rawHeaders }
}

const rawHeaders = Object.freeze(['host', 'localhost', 'accept', '*/*', 'user-agent', 'bench'])

function placeOf(request: RequestLike): RequestPlace {
  return { raw: request, route: 'GET /invoices/:id' }
}
