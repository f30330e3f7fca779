import { createPeerGate, createRolloutLedger } from '@peergate/core'
import type { PeerGateOptions, RequestLike } from '@peergate/core'
import t from 'tap'
import type { Test } from 'tap'
import { certificateFacts, namedBy, uriName } from '../support/certificate-facts.js'
import { evidenceOf, fixedSource, requestOf } from '../support/fixed-source.js'
import type { PaymentsPermission } from '../support/payments-gate.js'
import { noon, paymentsPolicy, worker, workerId, workloads } from '../support/payments-gate.js'

const { fingerprint256 } = certificateFacts()
const key = `fingerprint:${String(fingerprint256)}`
let gates = 0

/** What the ledger of a gate that observes says after one request to read. */
function entriesAfter(
  t: Test,
  request: RequestLike,
  {
    denied = [],
    ...options
  }: Partial<PeerGateOptions<'spiffe', PaymentsPermission>> & { readonly denied?: string[] } = {},
) {
  gates += 1
  const name = `asked-${gates}`
  const gate = createPeerGate({
    name,
    source: { ...fixedSource, mode: 'observe' },
    identity: workloads,
    policy: paymentsPolicy,
    clock: () => noon,
    ...options,
  })
  gate.setDenylist(denied)
  const ledger = createRolloutLedger({ window: 1, gate: name })
  t.teardown(() => ledger.stop())
  const decision = gate.guard(gate.permission('invoice:read'))(gate.admit(request), request)
  t.match(decision, { allowed: true })
  return ledger.toJSON().entries
}

const lapsed = { ...namedBy(uriName(workerId)), notAfter: noon - 1 }

t.test('knows by its certificate whom the gate refuses whom its source accepts', async (t) => {
  t.strictSame(entriesAfter(t, worker), [])
  for (const [code, request, options] of [
    ['ERR_PEERGATE_IDENTITY_DENIED', worker, { denied: [workerId] }],
    ['ERR_PEERGATE_CERTIFICATE_EXPIRED', requestOf(lapsed), {}],
    [
      'ERR_PEERGATE_ASSURANCE_TOO_LOW',
      { socket: Object.freeze({ ...evidenceOf(lapsed), assurance: 'proxy-asserted' }) },
      { clock: () => noon - 2, minimumAssurance: 'tls' },
    ],
  ] as const) {
    const entries = entriesAfter(t, request, { ...options, denied: [...(options.denied ?? [])] })
    t.match(entries, [{ key, isOfConfiguredCa: true, requests: 1, refusals: [{ code }] }])
  }
})

t.test('keeps no fingerprint that is none', async (t) => {
  const request = requestOf({ ...lapsed, fingerprint256: 'AB'.repeat(1000) })
  t.match(entriesAfter(t, request), [{ key: 'address:unknown', isOfConfiguredCa: null }])
})
