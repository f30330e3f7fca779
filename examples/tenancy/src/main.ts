import { openTestClient } from '@peergate/testkit'
import { issueClient, serverCa } from './pki.js'
import { requests } from './requests.js'
import type { Request } from './requests.js'
import { startService } from './service.js'
import { formatTable } from './table.js'

/** What came of a request. */
interface Row extends Request {
  readonly status: number
  readonly code: string | null
  readonly isAsSaid: boolean
}

const service = await startService()
const rows: Row[] = []
for (const request of requests) rows.push(await send(request))
await service.close()

console.log(`One service, two tenants, and an auditor

${formatTable(
  ['client', 'asked for', 'answered', 'the policy says', ''],
  rows.map(({ client, method, path, status, code, because, isAsSaid }) => [
    client,
    `${method} ${path}`,
    `${status} ${code ?? ''}`.trimEnd(),
    because,
    isAsSaid ? '✓' : '✗',
  ]),
)}

Why the last one was refused, by gate.explain(…):

${service.explainLast().replaceAll(/^/gmu, '  ')}
`)
const asSaid = rows.filter(({ isAsSaid }) => isAsSaid).length
console.log(`${asSaid} of ${rows.length} requests were answered as the policy says`)
process.exitCode = asSaid === rows.length ? 0 : 1

async function send(request: Request): Promise<Row> {
  const { client, method, path, refusal } = request
  const leaf = await issueClient(client)
  const connection = openTestClient({ port: service.port, serverCa, leaf, protocol: 'http/1.1' })
  const { status, body } = await connection.request(method, path)
  connection.close()
  const { code = null } = JSON.parse(body) as { readonly code?: string }
  const isAsSaid = code === refusal && status === (refusal === null ? 200 : 403)
  return { ...request, status, code, isAsSaid }
}
