import { startExpress } from './express-server.js'
import { startFastify } from './fastify-server.js'
import { formatRows } from './table.js'
import { walk } from './walk.js'
import type { CheckedRow } from './walk.js'

const onFastify = await walk(startFastify)
const onExpress = await walk(startExpress)
const rows = [...onFastify, ...onExpress]
const failed = rows.filter(({ asDeclared }) => !asDeclared)

if (process.argv.includes('--json')) {
  console.log(JSON.stringify(rows.map(toPublicRow), null, 2))
} else {
  console.log(`The payments API on Fastify, strict mutual TLS\n\n${formatRows(onFastify)}\n`)
  console.log(`The payments API on Express, strict mutual TLS\n\n${formatRows(onExpress)}\n`)
  console.log(`${rows.length - failed.length} of ${rows.length} rows came out as declared`)
}
process.exitCode = failed.length === 0 ? 0 : 1

function toPublicRow({ framework, client, layer, status, code, clientSaw }: CheckedRow) {
  return { framework, client, layer, status, code, clientSaw }
}
