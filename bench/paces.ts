import type { HeaderPace } from './contracts/worst-headers.js'
import type { DecisionPace } from './decision/decision-figures.js'
import type { IdlePace } from './events/measure-share.js'
import type { PassagePace } from './in-process/measure-passages.js'
import type { ServerPace } from './servers/run-field.js'

/** How long everything is measured. */
export interface Pace {
  readonly servers: ServerPace
  readonly passages: PassagePace
  readonly decisions: DecisionPace
  readonly events: IdlePace
  readonly headers: HeaderPace
  readonly certificates: number
  readonly imports: number
}

/** Twenty-five minutes at most. */
export const full: Pace = {
  servers: { generations: 4, rounds: 8, warmUp: 7_000, measured: 1_600 },
  passages: { generations: 3, rounds: 5, milliseconds: 200 },
  decisions: { rounds: 3, milliseconds: 20 },
  events: { generations: 3, rounds: 5, milliseconds: 100 },
  headers: { processes: 2, rounds: 3, contracts: null, tried: null, milliseconds: 5 },
  certificates: 1_000_000,
  imports: 24,
}

/** Two minutes, to see that it works: the figures are rough. */
export const quick: Pace = {
  servers: { generations: 1, rounds: 1, warmUp: 200, measured: 200 },
  passages: { generations: 1, rounds: 1, milliseconds: 20 },
  decisions: { rounds: 1, milliseconds: 2 },
  events: { generations: 1, rounds: 1, milliseconds: 10 },
  headers: { processes: 1, rounds: 1, contracts: 3, tried: 8, milliseconds: 1 },
  certificates: 5_000,
  imports: 3,
}
