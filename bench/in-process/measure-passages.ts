import { startChild } from '../child.js'
import type { Child } from '../child.js'
import { judge, spreadOf } from '../figure.js'
import type { Figure } from '../figure.js'
import type { Material } from '../material.js'

export interface PassagePace {
  /** How often the processes are started anew. */
  readonly generations: number
  readonly rounds: number
  /** Of each measurement. */
  readonly milliseconds: number
}

/** What the hook, the identity and the decision of a request on a warm connection cost in Fastify. */
export async function measurePassages(
  material: Material,
  { generations, ...pace }: PassagePace,
): Promise<{ readonly figure: Figure; readonly microseconds: number }> {
  const measured: (readonly Cost[])[] = []
  for (let generation = 1; generation <= generations; generation += 1) {
    console.error(`in process: generation ${generation} of ${generations}`)
    measured.push(await runGeneration(material, pace))
  }
  const leastOf = (framework: Framework, costs: readonly Cost[]) =>
    Math.min(...costs.map(({ [framework]: cost }) => cost)) / 1_000
  const microseconds = leastOf('Fastify', measured.flat())
  const parts = measured.map((costs) => leastOf('Fastify', costs))
  const figure = judge({
    figure: 'in-process cost on a warm connection: hook, identity, decision',
    goal: { sign: '≤', limit: 1, unit: 'µs' },
    value: microseconds,
    spread: spreadOf(microseconds, parts),
    contestants: frameworks.map((framework) => ({
      name: `Peergate in ${framework}`,
      measured: leastOf(framework, measured.flat()),
      unit: 'µs',
    })),
  })
  return { figure, microseconds }
}

/** The same, as a part of what a bare server spends on a request. */
export function judgeShare(microseconds: number, bare: Figure): Figure {
  const cpu = bare.contestants.find(({ name }) => name === 'bare')?.measured ?? Number.NaN
  const value = (100 * microseconds) / cpu
  return judge({
    figure: 'in-process cost on a warm connection, of the CPU time of a bare request in Fastify',
    goal: { sign: '≤', limit: 3, unit: '%' },
    value,
    spread: value * bare.spread,
    contestants: [
      { name: 'Peergate in Fastify', measured: microseconds, unit: 'µs' },
      { name: 'bare', measured: cpu, unit: 'µs of CPU' },
    ],
  })
}

const frameworks = ['Fastify', 'Express'] as const

type Framework = (typeof frameworks)[number]

/** Nanoseconds. */
type Cost = Readonly<Record<Framework, number>>

async function runGeneration(
  material: Material,
  { rounds, milliseconds }: Omit<PassagePace, 'generations'>,
): Promise<readonly Cost[]> {
  const file = new URL('passage-process.js', import.meta.url)
  const [fastify, express] = frameworks.map((framework) =>
    startChild(file, [framework, String(milliseconds)], ['--expose-gc']),
  ) as [Child, Child]
  const costs: Cost[] = []
  try {
    for (const child of [fastify, express]) await child.ask(material)
    for (let round = 1; round <= rounds; round += 1) {
      costs.push({ Fastify: await measure(fastify), Express: await measure(express) })
    }
  } finally {
    await Promise.all([fastify.stop(), express.stop()])
  }
  return costs
}

async function measure(child: Child): Promise<number> {
  const { nanoseconds } = (await child.ask({})) as { readonly nanoseconds: number }
  return nanoseconds
}
