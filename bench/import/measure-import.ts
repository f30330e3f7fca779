import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { judge, spreadOf } from '../figure.js'
import type { Figure } from '../figure.js'
import { installPackedCore } from './install-packed-core.js'

/** By the name of a contestant, what is imported. */
const contestants = {
  zod: 'zod',
  'zod, again': 'zod',
  '@peergate/core': '@peergate/core',
} as const

type Name = keyof typeof contestants

/** What each took in milliseconds, in one round. */
type Round = Readonly<Record<Name, number>>

/**
 * Measures what importing the published core costs a service that starts, beside importing zod alone,
 * which is most of it. They take turns, each in a process of its own, and the fastest counts.
 */
export async function measureImport(rounds: number): Promise<Figure> {
  const measured = await runRounds(rounds)
  const value = ratioOf(measured)
  const noise = Math.abs(1 - fastest(measured, 'zod, again') / fastest(measured, 'zod'))
  return judge({
    figure: 'import of the published core, beside zod alone',
    goal: { sign: '≤', limit: 1.5, unit: '×' },
    value,
    spread: Math.max(noise * value, spreadOf(value, thirdsOf(measured).map(ratioOf))),
    contestants: namesOfAll.map((name) => ({
      name,
      measured: fastest(measured, name),
      unit: 'ms',
    })),
  })
}

const namesOfAll = Object.keys(contestants) as readonly Name[]

async function runRounds(rounds: number): Promise<readonly Round[]> {
  const folder = await mkdtemp(join(tmpdir(), 'peergate-import-'))
  const measured: Round[] = []
  try {
    console.error('import: packing the core')
    await installPackedCore(folder)
    for (let round = 1; round <= rounds; round += 1) {
      console.error(`import: round ${round} of ${rounds}`)
      const costs = { zod: 0, 'zod, again': 0, '@peergate/core': 0 }
      for (const name of namesOfAll) costs[name] = await measureOnce(folder, contestants[name])
      measured.push(costs)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return measured
}

/** Without the start of Node, which is the same for all. */
async function measureOnce(folder: string, specifier: string): Promise<number> {
  const program = `
    const began = performance.now()
    await import('${specifier}')
    console.log(performance.now() - began)`
  const parameters = ['--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { cwd: folder })
  return Number(stdout)
}

function ratioOf(rounds: readonly Round[]): number {
  return fastest(rounds, '@peergate/core') / fastest(rounds, 'zod')
}

function fastest(rounds: readonly Round[], name: Name): number {
  return Math.min(...rounds.map((round) => round[name]))
}

function thirdsOf(rounds: readonly Round[]): readonly (readonly Round[])[] {
  const size = Math.ceil(rounds.length / 3)
  return [0, 1, 2].map((third) => rounds.slice(third * size, (third + 1) * size))
}
