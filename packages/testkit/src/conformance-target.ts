import assert from 'node:assert/strict'
import type { PeerGateErrorCode, RefusalAnswerOptions } from '@peergate/core'
import { createConformanceGates } from './conformance-gates.js'
import type { ConformanceGates, ConformanceGatesOptions } from './conformance-gates.js'
import type { MintedLeaf } from './mint-pki.js'
import type { LeafRequest } from './pki-declaration.js'
import { openTestClient } from './test-client.js'
import type { TestClient, TestResponse } from './test-client.js'

/**
 * One application, built with the adapter under test. It must serve
 *
 * - `GET /invoices/42`, which needs `invoice:read`, and `POST /invoices`, which needs `invoice:write`,
 * - `GET /payments-only`, which needs `invoice:read` and the client CA set `payments`, in this order,
 * - `GET /me`, for any identity, and `GET /open`, for any peer of the TLS gate,
 * - `GET /twice`, with two requirements of its own: any identity, and `invoice:read`,
 *
 * each of which answers 200 with the identity as JSON, and `handled` counts the calls of all six. The
 * first is declared as `/invoices/:id`, where paths have parameters.
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
export interface Setting {
  readonly gates: ConformanceGates
  readonly app: ConformanceApp
  readonly leaf: MintedLeaf
  /** A client with that certificate, and a connection of its own. */
  readonly connect: () => TestClient
}

/** `null` stands for no certificate, and `revoked` for the one that gates with a mode have revoked. */
export type ConformanceLeaf = Partial<LeafRequest> | 'revoked' | null

type SettingOptions = ConformanceGatesOptions & { readonly answering?: RefusalAnswerOptions }

/** Runs `use` with one client of a fresh application. */
export async function withClient(
  target: ConformanceTarget,
  request: ConformanceLeaf,
  use: (client: TestClient, setting: Setting) => Promise<void>,
  options: SettingOptions = {},
): Promise<void> {
  await withApp(
    target,
    request,
    async (setting) => {
      const client = setting.connect()
      try {
        await use(client, setting)
      } finally {
        client.close()
      }
    },
    options,
  )
}

/** Runs `use` with a fresh application, and a certificate for clients of it. */
export async function withApp(
  target: ConformanceTarget,
  request: ConformanceLeaf,
  use: (setting: Setting) => Promise<void>,
  { answering = {}, ...kind }: SettingOptions,
): Promise<void> {
  const gates = await createConformanceGates(kind)
  const app = await target.start(gates, answering)
  const { revoked } = gates
  const leaf =
    request === 'revoked' && revoked !== null
      ? revoked
      : await gates.issueClient(typeof request === 'object' && request !== null ? request : {})
  const connect = () =>
    openTestClient({
      port: app.port,
      protocol: target.protocol,
      serverCa: gates.pki.authority('server-ca').certificate,
      leaf: request === null ? undefined : leaf,
    })
  try {
    await use({ gates, app, leaf, connect })
  } finally {
    await app.close()
  }
}

/**
 * Asserts that a refusal came as problem details (RFC 9457 §3) with its status and code. A client learns
 * the general sentence of the code and, with 401, what became of its certificate.
 */
export function assertProblem(
  response: TestResponse,
  status: number,
  code: PeerGateErrorCode,
): void {
  const { title, certificate, ...rest } = JSON.parse(response.body) as Record<string, unknown>
  assert.deepEqual(rest, { type: 'about:blank', status, code })
  assert.match(String(title), /^[a-zA-Z][^:]*$/u)
  assert.equal(typeof certificate, status === 401 ? 'string' : 'undefined')
  assert.equal(response.status, status)
  assert.equal(response.headers['content-type'], 'application/problem+json')
  assert.equal(response.headers['vary'], 'accept')
}
