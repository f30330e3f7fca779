import type { Authorize } from '@peergate/core'
import { openTestClient } from '@peergate/testkit'
import { createEngine } from './engine.js'
import { faultyEngines } from './faulty-engines.js'
import { issueClient, serverCa } from './pki.js'
import { failing, requests } from './requests.js'
import type { Request } from './requests.js'
import { startService } from './service.js'
import { formatTable } from './table.js'

/** What came of a request. */
interface Row extends Request {
  readonly status: number
  readonly code: string | null
  /** What the operator was told of the engine. */
  readonly faults: number
  readonly isAsExpected: boolean
}

const byCedar = await walk(createEngine(), requests)
const byFaulty: Row[] = []
for (const [fault, engine] of faultyEngines) {
  byFaulty.push(...(await walk(engine, [{ ...failing, because: fault }])))
}

console.log(`One service, two tenants, and Cedar

${formatRows('why', byCedar)}

The same service with engines that fail

${formatRows('the engine', byFaulty)}
`)
const rows = [...byCedar, ...byFaulty]
const asExpected = rows.filter(({ isAsExpected }) => isAsExpected).length
console.log(`${asExpected} of ${rows.length} requests were answered as expected`)
process.exitCode = asExpected === rows.length ? 0 : 1

/** Sends the requests to a service of their own, one after the other. */
async function walk(authorize: Authorize, list: readonly Request[]): Promise<readonly Row[]> {
  let faults = 0
  const { port, close } = await startService(authorize, () => (faults += 1))
  const walked: Row[] = []
  for (const request of list) {
    const before = faults
    const { status, code } = await send(request, port)
    const { refusal } = request
    const reported = faults - before
    walked.push({
      ...request,
      status,
      code,
      faults: reported,
      isAsExpected:
        code === refusal &&
        status === (refusal === null ? 200 : 403) &&
        reported === (refusal === failing.refusal ? 1 : 0),
    })
  }
  await close()
  return walked
}

async function send({ client, method, path }: Request, port: number) {
  const leaf = await issueClient(client)
  const connection = openTestClient({ port, serverCa, leaf, protocol: 'http/1.1' })
  const { status, body } = await connection.request(method, path)
  connection.close()
  const { code = null } = JSON.parse(body) as { readonly code?: string }
  return { status, code }
}

function formatRows(reason: string, walked: readonly Row[]): string {
  return formatTable(
    ['client', 'asked for', 'answered', 'faults', reason, ''],
    walked.map(({ client, method, path, status, code, faults, because, isAsExpected }) => [
      client,
      `${method} ${path}`,
      `${status} ${code ?? ''}`.trimEnd(),
      String(faults),
      because,
      isAsExpected ? '✓' : '✗',
    ]),
  )
}
