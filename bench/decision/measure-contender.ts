import { measureCall, measureEachNew } from '../measure.js'
import type { Cost } from '../measure.js'
import { isAllowed } from './contender.js'
import type { Contender, Decider } from './contender.js'
import { createWork, questions } from './work.js'
import type { Question, Work } from './work.js'

/** What one decision costs. */
export interface Measurement extends Cost {
  readonly contender: string
  readonly grants: number
  /** Cold: of an identity that was never seen. Warm: of one whose grants are resolved. */
  readonly state: 'warm' | 'cold'
  readonly question: Question
}

/** What is measured, each for about `milliseconds`. */
export interface Scope {
  readonly contender: string
  readonly grants: number
  readonly milliseconds: number
}

/** What the decisions of a contender cost. */
export async function measureContender<Peer>(
  { create }: Contender<Peer>,
  { contender, grants, milliseconds }: Scope,
): Promise<readonly Measurement[]> {
  const work = createWork(grants)
  const decider = await create(work)
  const measurements: Measurement[] = []
  for (const [state, measure] of [
    ['warm', measureWarm],
    ['cold', measureCold],
  ] as const) {
    for (const question of ['allowed', 'denied'] as const) {
      const cost = await measure({ decider, work, question, milliseconds })
      measurements.push({ contender, grants, state, question, ...cost })
    }
  }
  return measurements
}

interface Run<Peer> {
  readonly decider: Decider<Peer>
  readonly work: Work
  readonly question: Question
  readonly milliseconds: number
}

async function measureWarm<Peer>({ decider, work, question, milliseconds }: Run<Peer>) {
  const ask = decider.ask[question]
  const peer = decider.meet(work.identity)
  await requireAnswer(ask(peer), question)
  return measureCall(() => ask(peer), milliseconds)
}

async function measureCold<Peer>({ decider, work, question, milliseconds }: Run<Peer>) {
  const ask = decider.ask[question]
  const meetNew = () => decider.meet(work.newIdentity())
  await requireAnswer(ask(meetNew()), question)
  return measureEachNew(meetNew, ask, milliseconds)
}

/** What decides wrongly is not worth measuring. */
async function requireAnswer(
  answer: ReturnType<Decider<unknown>['ask'][Question]>,
  question: Question,
): Promise<void> {
  if (isAllowed(await answer) === (question === 'allowed')) return
  throw new Error(`the question whether to ${questions[question]} is not ${question}`)
}
