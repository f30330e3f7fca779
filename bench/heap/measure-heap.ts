import { startChild } from '../child.js'
import type { Child } from '../child.js'
import { judge, spreadOf } from '../figure.js'
import type { Contestant, Figure } from '../figure.js'
import { mintMaterial } from '../material.js'

/** How much more there is on the heap after so many certificates that a proxy forwarded once each. */
export async function measureHeap(certificates: number): Promise<Figure> {
  const { forwarded } = await mintMaterial()
  const file = new URL('heap-process.js', import.meta.url)
  const child = startChild(file, [], ['--expose-gc'])
  try {
    const readings = await readHeap(child, forwarded[0] ?? '', certificates)
    return judgeGrowth(certificates, readings)
  } finally {
    await child.stop()
  }
}

interface Readings {
  /** In MiB, with a cache that is full. */
  readonly before: number
  /** After each tenth of the way. */
  readonly after: readonly number[]
}

async function readHeap(child: Child, pem: string, certificates: number): Promise<Readings> {
  await child.ask({ pem })
  const read = async (amount: number) => Number(await child.ask({ certificates: amount })) / 2 ** 20
  const before = await read(warmUp)
  const after: number[] = []
  for (let tenth = 1; tenth <= 10; tenth += 1) {
    console.error(`heap: ${tenth} tenths of ${certificates} certificates`)
    after.push(await read(Math.ceil(certificates / 10)))
  }
  return { before, after }
}

/** Five times as many as the gate remembers. */
const warmUp = 5_000

function judgeGrowth(certificates: number, { before, after }: Readings): Figure {
  const last = after.at(-1) ?? Infinity
  const value = last - before
  const contestants: readonly Contestant[] = [
    { name: 'before', measured: before, unit: 'MiB' },
    { name: 'after', measured: last, unit: 'MiB' },
    { name: 'highest on the way', measured: Math.max(...after), unit: 'MiB' },
  ]
  return judge({
    figure: `heap after ${certificates.toLocaleString('en')} distinct forwarded certificates`,
    goal: { sign: '≤', limit: 64, unit: 'MiB' },
    value,
    spread: spreadOf(
      value,
      after.map((reading) => reading - before),
    ),
    contestants,
  })
}
