import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { median } from '../median.js'
import { contenders } from './contenders.js'
import type { Measurement, Scope } from './measure-contender.js'

export interface Pace {
  readonly rounds: number
  /** The numbers of grants. */
  readonly sizes: readonly number[]
  /** Roughly, for each measurement of a round. */
  readonly milliseconds: number
}

/**
 * What every contender costs: the medians of rounds that each measure all of them, so that a burst of
 * other work on the machine falls on one round and not on one contender.
 */
export async function runRounds({ rounds, ...pace }: Pace): Promise<readonly Measurement[]> {
  const all: (readonly Measurement[])[] = []
  for (let round = 1; round <= rounds; round += 1) {
    console.error(`round ${round} of ${rounds}`)
    all.push(await runRound(pace))
  }
  const [first = []] = all
  return first.map((one, index) => {
    const same = all.flatMap((measurements) => measurements[index] ?? [])
    return medianOf(one, same)
  })
}

/**
 * A process for each contender and number of grants: a service has one policy, too, and no heap and no
 * machine code of another is in the way.
 */
async function runRound({ sizes, milliseconds }: Omit<Pace, 'rounds'>) {
  const measurements: Measurement[] = []
  for (const contender of contenders.keys()) {
    for (const grants of sizes) {
      measurements.push(...(await runContender({ contender, grants, milliseconds })))
    }
  }
  return measurements
}

async function runContender({ contender, grants, milliseconds }: Scope) {
  const parameters = [contender, String(grants), String(milliseconds)]
  const child = fork(processFile, parameters, { execArgv: ['--expose-gc'] })
  let measurements: readonly Measurement[] | null = null
  child.once('message', (message) => (measurements = message as readonly Measurement[]))
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (measurements === null) {
    throw new Error(`the process of ${contender} has failed: ${String(signal ?? code)}`)
  }
  return measurements as readonly Measurement[]
}

const processFile = fileURLToPath(new URL('contender-process.js', import.meta.url))

/** All rounds measure the same things in the same order. */
function medianOf(one: Measurement, same: readonly Measurement[]): Measurement {
  const bytes = median(same.map((measurement) => measurement.bytes ?? Infinity))
  return {
    ...one,
    nanoseconds: median(same.map(({ nanoseconds }) => nanoseconds)),
    meanNanoseconds: median(same.map(({ meanNanoseconds }) => meanNanoseconds)),
    bytes: Number.isFinite(bytes) ? bytes : null,
  }
}
