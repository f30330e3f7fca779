import { createEngine } from './engine.js'
import { faultyEngines } from './faulty-engines.js'
import { failing, requests } from './requests.js'
import { formatTable } from './table.js'
import { walk } from './walk.js'
import type { Row } from './walk.js'

const byCedar = await walk(createEngine, requests)
const byFaulty: Row[] = []
for (const [fault, engine] of faultyEngines) {
  byFaulty.push(...(await walk(() => engine, [{ ...failing, because: fault }])))
}

console.log(`One service, two tenants, and Cedar

${formatRows('by the policy, or because', byCedar)}

The same service, and an engine that fails

${formatRows('the engine', byFaulty)}
`)
const rows = [...byCedar, ...byFaulty]
const asExpected = rows.filter(({ isAsExpected }) => isAsExpected).length
console.log(`${asExpected} of ${rows.length} requests were answered as expected`)
process.exitCode = asExpected === rows.length ? 0 : 1

function formatRows(reason: string, walked: readonly Row[]): string {
  return formatTable(
    ['client', 'asked for', 'answered', 'faults', reason, ''],
    walked.map(({ client, method, path, because, ...row }) => [
      client,
      `${method} ${path}`,
      `${row.status} ${row.code ?? ''}`.trimEnd(),
      String(row.faults),
      row.decidedBy ?? because,
      row.isAsExpected ? '✓' : '✗',
    ]),
  )
}
