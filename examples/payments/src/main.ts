import { mintCerts } from './certs.js'
import { startExpress } from './express-server.js'
import { startFastify } from './fastify-server.js'
import { formatTable } from './table.js'
import { walk } from './walk.js'
import type { CheckedRow } from './walk.js'

await mintCerts()
const rows = [...(await walk(startFastify)), ...(await walk(startExpress))]
const failed = rows.filter(({ asDeclared }) => !asDeclared)

if (process.argv.includes('--json')) {
  console.log(JSON.stringify(rows.map(toPublicRow), null, 2))
} else {
  for (const framework of ['fastify', 'express']) {
    console.log(`\nThe payments API on ${framework}, strict mutual TLS on 127.0.0.1\n`)
    console.log(formatTable(rows.filter((row) => row.framework === framework)))
  }
  console.log(`\n${rows.length - failed.length} of ${rows.length} rows came out as declared`)
}
process.exitCode = failed.length === 0 ? 0 : 1

function toPublicRow({ framework, client, layer, status, code, clientSaw }: CheckedRow) {
  return { framework, client, layer, status, code, clientSaw }
}
