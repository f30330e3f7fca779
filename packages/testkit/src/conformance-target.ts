import assert from 'node:assert/strict'
import type { PeerGateErrorCode, RefusalAnswerOptions } from '@peergate/core'
import { createConformanceGates } from './conformance-gates.js'
import type { ConformanceGates, ConformanceGatesOptions } from './conformance-gates.js'
import type { LeafRequest } from './pki-declaration.js'
import { openTestClient } from './test-client.js'
import type { TestClient, TestResponse } from './test-client.js'

/**
 * One application, built with the adapter under test. It must serve
 *
 * - `GET /invoices/42`, which needs `invoice:read`, and `POST /invoices`, which needs `invoice:write`,
 * - `GET /payments-only`, which needs `invoice:read` and the client CA set `payments`, in this order,
 * - `GET /me`, for any identity, and `GET /open`, for any peer of the TLS gate,
 *
 * each of which answers 200 with the identity as JSON, and `handled` counts the calls of all five.
 */
export interface ConformanceApp {
  readonly port: number
  readonly handled: () => number
  readonly close: () => Promise<void>
}

export interface ConformanceTarget {
  readonly protocol: 'http/1.1' | 'h2'
  readonly start: (
    gates: ConformanceGates,
    answering: RefusalAnswerOptions,
  ) => Promise<ConformanceApp>
}

/** One rule that every adapter keeps. `run` throws an `AssertionError` if the target does not. */
export interface ConformanceCase {
  readonly name: string
  readonly run: (target: ConformanceTarget) => Promise<void>
}

/** What a case can look at besides the answers to its client. */
interface Setting {
  readonly gates: ConformanceGates
  readonly app: ConformanceApp
  readonly leaf: { readonly notBefore: Date; readonly notAfter: Date }
}

/** Runs `use` with one client of a fresh application; `request` null stands for no certificate. */
export async function withClient(
  target: ConformanceTarget,
  request: Partial<LeafRequest> | 'revoked' | null,
  use: (client: TestClient, setting: Setting) => Promise<void>,
  options: ConformanceGatesOptions & { readonly answering?: RefusalAnswerOptions } = {},
): Promise<void> {
  const { answering = {}, ...kind } = options
  const gates = await createConformanceGates(kind)
  const app = await target.start(gates, answering)
  const { revoked } = gates
  const leaf =
    request === 'revoked' && revoked !== null
      ? revoked
      : await gates.issueClient(typeof request === 'object' && request !== null ? request : {})
  const client = openTestClient({
    port: app.port,
    protocol: target.protocol,
    serverCa: gates.pki.authority('server-ca').certificate,
    leaf: request === null ? undefined : leaf,
  })
  try {
    await use(client, { gates, app, leaf })
  } finally {
    client.close()
    await app.close()
  }
}

/** Asserts that a refusal came as problem details (RFC 9457 §3) with its status and code. */
export function assertProblem(
  response: TestResponse,
  status: number,
  code: PeerGateErrorCode,
): void {
  assert.deepEqual(JSON.parse(response.body), { type: 'about:blank', status, code })
  assert.equal(response.status, status)
  assert.equal(response.headers['content-type'], 'application/problem+json')
}
