import assert from 'node:assert/strict'
import type { PeerGateErrorCode, RolloutMode } from '@peergate/core'
import { forwardedHeaders, proxyId, readerId } from './conformance-gates.js'
import { assertProblem, withClient } from './conformance-target.js'
import type { ConformanceCase, ConformanceTarget } from './conformance-target.js'
import { observeRollout, rolloutClients, rolloutModes, rolloutRoutes } from './rollout-outcome.js'
import type { RolloutClient, RolloutOutcome } from './rollout-outcome.js'

/**
 * What becomes of every client in every mode, on what routes of any kind need: the truth table of the
 * modes, over real handshakes. Since the events of the process are listened to, its cases are to be run
 * one after another.
 */
export const rolloutConformance: readonly ConformanceCase[] = [
  ...rolloutModes.flatMap((mode) =>
    rolloutClients.map((client) => ({
      name: `${mode}: what becomes of ${client.name}`,
      run: async (target: ConformanceTarget) =>
        assert.deepEqual(
          await observeRollout(target, client, mode),
          rolloutRoutes.map(([, path]) => expectedOf(client, mode, path)),
        ),
    })),
  ),
  {
    name: 'enforce: answers request after request over one connection, and never with another verdict',
    run: (target) =>
      withClient(
        target,
        { issuer: 'rogue-client-ca' },
        async (client, { app }) => {
          const code = 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED'
          assertProblem(await client.request('GET', '/me'), 401, code)
          assertProblem(await client.request('GET', '/open'), 401, code)
          assertProblem(await client.request('GET', '/no-such-route'), 401, code)
          assertProblem(await client.request('POST', '/invoices'), 401, code)
          assertProblem(await client.request('GET', '/invoices/42'), 401, code)
          assert.equal(app.handled(), 0)
        },
        { mode: 'enforce' },
      ),
  },
  ...(['observe', 'enforce'] as const).map((mode) => ({
    name: `${mode}: a proxy that is not accepted forwards nobody`,
    run: (target: ConformanceTarget) => checkUnacceptedProxy(target, mode),
  })),
]

/** Whatever it is called, and though the gate lets it go on: whom it forwards is not believed. */
async function checkUnacceptedProxy(
  target: ConformanceTarget,
  mode: 'enforce' | 'observe',
): Promise<void> {
  await withClient(
    target,
    { issuer: 'rogue-client-ca', uri: [proxyId] },
    async (client, { gates, app }) => {
      const { certificate } = await gates.issueClient()
      const response = await client.request('GET', '/me', forwardedHeaders(certificate))
      if (mode === 'observe') assert.deepEqual([response.status, response.body], [200, 'null'])
      else assertProblem(response, 401, 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED')
      assert.equal(app.handled(), mode === 'observe' ? 1 : 0)
    },
    { behindProxy: true, mode },
  )
}

type RefusalEvent = 'identity-rejected' | 'permission-denied'

/** Why a client is refused, and what says so where it is refused over HTTP. */
interface Refusal {
  readonly statusCode: number
  readonly code: PeerGateErrorCode
  readonly isOfTls: boolean
  readonly event: RefusalEvent
}

function expectedOf(client: RolloutClient, mode: RolloutMode, path: string): RolloutOutcome {
  const { identity } = client
  const refusal = refusalOf(client, path)
  if (refusal === null) {
    return { status: 200, code: null, isHandled: true, identity, recorded: [] }
  }
  const recorded = recordsOf(refusal, mode)
  if (mode === 'observe') return { status: 200, code: null, isHandled: true, identity, recorded }
  const { code, statusCode, isOfTls } = refusal
  const status = mode === 'strict' && isOfTls ? null : statusCode
  return { status, code, isHandled: false, identity: null, recorded }
}

function recordsOf(
  { statusCode, code, isOfTls, event }: Refusal,
  mode: RolloutMode,
): readonly string[] {
  const fact = `${statusCode} ${code}`
  const answered = `${event} ${fact} ${mode === 'observe' ? 'observed' : 'enforced'}`
  if (!isOfTls) return [answered]
  if (mode === 'strict') return [`handshake-refused ${fact} enforced`]
  return [`handshake-refused ${fact} observed`, answered]
}

function refusalOf({ name, identity }: RolloutClient, path: string): Refusal | null {
  const code = tlsRefusals.get(name)
  if (code !== undefined) {
    return { statusCode: 401, code, isOfTls: true, event: 'identity-rejected' }
  }
  if (path === '/open' || identity === readerId) return null
  const rule = { statusCode: 403, isOfTls: false } as const
  if (identity === null) {
    return { ...rule, code: 'ERR_PEERGATE_IDENTITY_MISSING', event: 'identity-rejected' }
  }
  if (path === '/me') return null
  return { ...rule, code: 'ERR_PEERGATE_PERMISSION_DENIED', event: 'permission-denied' }
}

const tlsRefusals: ReadonlyMap<string, PeerGateErrorCode> = new Map([
  ['no certificate', 'ERR_PEERGATE_CERTIFICATE_MISSING'],
  ['an untrusted certificate', 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED'],
  ['an expired certificate', 'ERR_PEERGATE_CERTIFICATE_EXPIRED'],
  ['a revoked certificate', 'ERR_PEERGATE_CERTIFICATE_REVOKED'],
])
