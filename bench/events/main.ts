import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { formatBytes, formatNanoseconds } from '../decision/format-cost.js'
import { describeMachine, formatMachine } from '../machine.js'
import { formatMarkdownTable } from '../markdown-table.js'
import { median } from '../median.js'
import type { Measurement } from './measure-setting.js'
import { settings } from './settings.js'

const { values: asked } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
})
const { rounds, milliseconds } = asked.quick
  ? { rounds: 1, milliseconds: 5 }
  : { rounds: 3, milliseconds: 40 }

/** By the setting, what each round measured. */
const measured = new Map<string, Measurement[]>()
for (let round = 1; round <= rounds; round += 1) {
  console.error(`round ${round} of ${rounds}`)
  for (const name of settings.keys()) {
    measured.set(name, [...(measured.get(name) ?? []), ...(await runSetting(name))])
  }
}
const lines = [...measured].flatMap(([name, all]) =>
  (['allowed', 'denied'] as const).map((question) =>
    formatLine(
      [name, question],
      all.filter((one) => one.question === question),
    ),
  ),
)
console.log(`${formatMachine(describeMachine())}\n`)
console.log(formatMarkdownTable(['setting', 'answer', 'decision', 'allocated'], lines, 2))

/** In a process of its own, so that no subscriber of another is in the way. */
async function runSetting(name: string): Promise<readonly Measurement[]> {
  const file = fileURLToPath(new URL('setting-process.js', import.meta.url))
  const child = fork(file, [name, String(milliseconds)], { execArgv: ['--expose-gc'] })
  let measurements: readonly Measurement[] | null = null
  child.once('message', (message) => (measurements = message as readonly Measurement[]))
  await once(child, 'close')
  if (measurements === null) throw new Error(`the process of "${name}" has failed`)
  return measurements
}

function formatLine(texts: readonly string[], rounded: readonly Measurement[]): readonly string[] {
  const bytes = median(rounded.map((one) => one.bytes ?? Infinity))
  return [
    ...texts,
    formatNanoseconds(median(rounded.map(({ nanoseconds }) => nanoseconds))),
    formatBytes(Number.isFinite(bytes) ? bytes : null),
  ]
}
