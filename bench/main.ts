import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { drawThroughput } from './draw-throughput.js'
import type { Figure } from './figure.js'
import { describeMachine, formatMachine } from './machine.js'
import { measureFigures } from './measure-figures.js'
import { full, quick } from './paces.js'
import { formatFigures, formatServers } from './report-figures.js'

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** Everything, as short as it goes. */
    quick: { type: 'boolean', default: false },
    /** A folder for a CPU profile of each server process. */
    profile: { type: 'string' },
    /** A file of what `--json` printed, which is reported instead of a measurement. */
    from: { type: 'string' },
    /** A file for the plot of the throughput. */
    plot: { type: 'string' },
  },
})
const figures = asked.from === undefined ? await measure() : readFigures(asked.from)
if (asked.plot !== undefined) writeFileSync(asked.plot, drawThroughput(figures))
if (asked.json) console.log(JSON.stringify(figures, null, 2))
else console.log(`${formatFigures(figures)}\n\n${formatServers(figures)}`)

async function measure(): Promise<readonly Figure[]> {
  const profiling =
    asked.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${asked.profile}`]
  const measured = await measureFigures(asked.quick ? quick : full, profiling)
  const text = `${formatMachine(describeMachine())}; load by autocannon ${versionOf('autocannon')}, HTTP/2 and handshakes by Node\n`
  if (asked.json) console.error(text)
  else console.log(text)
  return measured
}

function readFigures(file: string): readonly Figure[] {
  return JSON.parse(readFileSync(file, 'utf8')) as readonly Figure[]
}

/** The dependencies of this package are exact. */
function versionOf(name: string): string {
  const { dependencies } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { readonly dependencies: Readonly<Record<string, string>> }
  return dependencies[name] ?? 'unknown'
}
