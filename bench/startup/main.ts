import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { describeMachine, formatMachine } from '../machine.js'
import { formatMarkdownTable } from '../markdown-table.js'

const { values: asked } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
})
const rounds = asked.quick ? 5 : 25
const limit = 2.5

const bin = fileURLToPath(new URL('../../../packages/cli/bin/peergate.js', import.meta.url))
const contestants: ReadonlyMap<string, readonly string[]> = new Map([
  ['`node -e 0`', ['-e', '0']],
  ['`node -e 0`, again', ['-e', '0']],
  ['`peergate --help`', [bin, '--help']],
])

/** By the contestant, its fastest start in milliseconds; they take turns. */
const fastest = new Map<string, number>()
for (let round = 1; round <= rounds; round += 1) {
  for (const [name, parameters] of contestants) {
    fastest.set(name, Math.min(fastest.get(name) ?? Infinity, start(parameters)))
  }
}

const bare = fastest.get('`node -e 0`') ?? Infinity
const lines = Array.from(fastest, ([name, milliseconds]) => [
  name,
  `${milliseconds.toFixed(1)} ms`,
  `${(milliseconds / bare).toFixed(2)} times`,
])
console.log(`${formatMachine(describeMachine())}, ${rounds} rounds\n`)
console.log(formatMarkdownTable(['start', 'fastest', 'of the bare one'], lines, 1))
const ratio = (fastest.get('`peergate --help`') ?? Infinity) / bare
console.log(`\nat most ${limit} times: ${ratio <= limit ? 'holds' : 'FAILS'}`)
if (asked.check && ratio > limit) process.exitCode = 1

function start(parameters: readonly string[]): number {
  const began = performance.now()
  const { status } = spawnSync(process.execPath, parameters, { stdio: 'ignore' })
  if (status !== 0) throw new Error(`${parameters.join(' ')} ended with ${status}`)
  return performance.now() - began
}
