import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { describeMachine, formatMachine } from '../machine.js'
import { judgeLimits } from './limits.js'
import { formatLimits, formatMeasurements } from './report.js'
import { runRounds } from './run-rounds.js'

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
})

const pace = asked.quick
  ? { rounds: 1, sizes: [10, 10_000], milliseconds: 5 }
  : { rounds: 3, sizes: [10, 100, 1_000, 10_000], milliseconds: 40 }
const machine = describeMachine()
const versions = readVersions()
const measurements = await runRounds(pace)
const limits = judgeLimits(measurements, 'Peergate')

if (asked.json) {
  console.log(JSON.stringify({ machine, versions, measurements, limits }, null, 2))
} else {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  console.log(`${formatMachine(machine)}\n${list.join(', ')}\n`)
  console.log(`${formatMeasurements(measurements)}\n\n${formatLimits(limits)}`)
}
if (asked.check && limits.some(({ holds }) => !holds)) process.exitCode = 1

/** The dependencies of this package are exact; that of our own is the workspace. */
function readVersions(): Readonly<Record<string, string>> {
  const file = new URL('../../package.json', import.meta.url)
  const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  return Object.fromEntries(
    Object.entries(dependencies).filter(([, version]) => !version.startsWith('workspace:')),
  )
}
