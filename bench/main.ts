import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { describeMachine, formatMachine } from './machine.js'
import { measureFigures } from './measure-figures.js'
import { full, quick } from './paces.js'
import { formatFigures } from './report-figures.js'

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** Everything, as short as it goes. */
    quick: { type: 'boolean', default: false },
    /** A folder for a CPU profile of each server process. */
    profile: { type: 'string' },
  },
})
const profiling =
  asked.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${asked.profile}`]
const figures = await measureFigures(asked.quick ? quick : full, profiling)
const text = `${formatMachine(describeMachine())}; load by autocannon ${versionOf('autocannon')}, HTTP/2 and handshakes by Node\n`
if (asked.json) {
  console.error(text)
  console.log(JSON.stringify(figures, null, 2))
} else {
  console.log(`${text}\n${formatFigures(figures)}`)
}

/** The dependencies of this package are exact. */
function versionOf(name: string): string {
  const { dependencies } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { readonly dependencies: Readonly<Record<string, string>> }
  return dependencies[name] ?? 'unknown'
}
