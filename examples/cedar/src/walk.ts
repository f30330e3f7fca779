import type { Authorize } from '@peergate/core'
import { openTestClient } from '@peergate/testkit'
import { issueClient, serverCa } from './pki.js'
import type { Request } from './requests.js'
import { startService } from './service.js'

/** What came of a request. */
export interface Row extends Request {
  readonly status: number
  readonly code: string | null
  /** The policy of Cedar that decided. */
  readonly decidedBy: string | null
  /** What the operator was told of the engine. */
  readonly faults: number
  readonly isAsExpected: boolean
}

/**
 * Sends the requests to a service of their own, one after the other. `createEngine` is given what an
 * engine tells of the policies that decided.
 */
export async function walk(
  createEngine: (onAnswer: (policies: readonly string[]) => void) => Authorize,
  requests: readonly Request[],
): Promise<readonly Row[]> {
  let policies: readonly string[] = []
  let faults = 0
  const engine = createEngine((decided) => (policies = decided))
  const { port, close } = await startService(engine, () => (faults += 1))
  const rows: Row[] = []
  for (const request of requests) {
    policies = []
    faults = 0
    const answer = await send(request, port)
    const row = { ...request, ...answer, decidedBy: policies.join(', ') || null, faults }
    rows.push({ ...row, isAsExpected: isAsExpected(row) })
  }
  await close()
  return rows
}

function isAsExpected(row: Omit<Row, 'isAsExpected'>): boolean {
  const { refusal, policy, status, code, decidedBy, faults } = row
  return (
    code === refusal &&
    status === (refusal === null ? 200 : 403) &&
    decidedBy === policy &&
    faults === (refusal === 'ERR_PEERGATE_AUTHORIZER_FAULTY' ? 1 : 0)
  )
}

async function send({ client, method, path }: Request, port: number) {
  const leaf = await issueClient(client)
  const connection = openTestClient({ port, serverCa, leaf, protocol: 'http/1.1' })
  const { status, body } = await connection.request(method, path)
  connection.close()
  const { code = null } = JSON.parse(body) as { readonly code?: string }
  return { status, code }
}
