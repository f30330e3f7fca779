import { startChild } from '../child.js'
import type { Child } from '../child.js'
import { judge, spreadOf } from '../figure.js'
import type { Figure } from '../figure.js'
import type { Order } from './idle-process.js'

export interface IdlePace {
  /** How often the processes are started anew. */
  readonly generations: number
  readonly rounds: number
  /** Of each measurement. */
  readonly milliseconds: number
}

/**
 * What a decision costs more since there are events, where nobody listens to them, as a part of what a
 * request costs in process. It is measured beside the same core that does not ask whether anybody listens.
 */
export async function measureEvents(
  passageMicroseconds: number,
  { generations, ...pace }: IdlePace,
): Promise<Figure> {
  const measured: (readonly Round[])[] = []
  for (let generation = 1; generation <= generations; generation += 1) {
    console.error(`events: generation ${generation} of ${generations}`)
    measured.push(await runGeneration(pace))
  }
  const shareOf = (rounds: readonly Round[]) =>
    (leastOf('with', rounds) - leastOf('without', rounds)) / (passageMicroseconds * 10)
  const value = shareOf(measured.flat())
  return judge({
    figure: 'events with no subscriber, of the in-process cost of a request',
    goal: { sign: '≤', limit: 2, unit: '%' },
    value,
    spread: spreadOf(value, measured.map(shareOf)),
    contestants: [
      ...builds.map((build) => ({
        name: `a decision ${build} events`,
        measured: leastOf(build, measured.flat()),
        unit: 'ns',
      })),
      { name: 'Peergate in Fastify', measured: passageMicroseconds, unit: 'µs' },
    ],
  })
}

const builds = ['with', 'without'] as const

type Build = (typeof builds)[number]

/** Nanoseconds. */
type Round = Readonly<Record<Build, number>>

async function runGeneration({
  rounds,
  milliseconds,
}: Omit<IdlePace, 'generations'>): Promise<readonly Round[]> {
  const file = new URL('idle-process.js', import.meta.url)
  const without = ['--import', new URL('without-events.js', import.meta.url).href]
  const [real, bare] = [[], without].map((execArgv) =>
    startChild(file, [String(milliseconds)], ['--expose-gc', ...execArgv]),
  ) as [Child, Child]
  const measured: Round[] = []
  try {
    for (const child of [real, bare]) await child.ask()
    for (let round = 1; round <= rounds; round += 1) {
      measured.push({ with: await measure(real), without: await measure(bare) })
    }
    // At the end, since Node does not forget of a channel that somebody has listened to it.
    if (!(await isTold(real)) || (await isTold(bare))) {
      throw new Error('events: the builds are not what is to be compared')
    }
  } finally {
    await Promise.all([real.stop(), bare.stop()])
  }
  return measured
}

async function measure(child: Child): Promise<number> {
  return ((await ask(child, 'measure')) as { readonly nanoseconds: number }).nanoseconds
}

async function isTold(child: Child): Promise<boolean> {
  return ((await ask(child, 'subscribe')) as { readonly isTold: boolean }).isTold
}

function ask(child: Child, order: Order): Promise<unknown> {
  return child.ask({ order })
}

function leastOf(build: Build, rounds: readonly Round[]): number {
  return Math.min(...rounds.map(({ [build]: nanoseconds }) => nanoseconds))
}
