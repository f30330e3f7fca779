import { once } from 'node:events'
import { createPeerGate, createRolloutLedger, socketSource } from '@peergate/core'
import type { LedgerExport, RolloutMode } from '@peergate/core'
import t from 'tap'
import type { Test } from 'tap'
import { fingerprintIn } from '../support/fingerprint-in.js'
import { noon, paymentsPolicy, workloads } from '../support/payments-gate.js'
import { answerTo, createServerOf, listen, open } from '../support/tls-connection.js'
import { createTlsSetting } from '../support/tls-setting.js'
import type { OneHostOptions } from '../support/tls-setting.js'

const { pki, createGate, anonymous, issueClient } = await createTlsSetting()
const [payments, intermediate, batch] = [
  'payments-client-ca',
  'payments-intermediate',
  'batch-client-ca',
].map((role) => pki.authority(role).certificate) as [string, string, string]
const id = 'spiffe://prod.example/ns/payments/sa/reader'
const reader = await issueClient()
const below = await issueClient({ issuer: 'payments-intermediate' })
const expired = await issueClient({ validity: { from: '-2d', to: '-1d' } })
const nameless = await issueClient({ uri: [] })
const stranger = await issueClient({ issuer: 'rogue-client-ca' })
const day = 24 * 3600

let gates = 0

/** A service in which readers may read, and its ledger. */
async function startService(t: Test, mode: RolloutMode, options: Partial<OneHostOptions> = {}) {
  gates += 1
  const name = `served-${mode}-${gates}`
  const { tls, refusal } = createGate({ name, mode, ...options })
  const gate = createPeerGate({
    name,
    source: socketSource({ tls }),
    identity: workloads,
    policy: paymentsPolicy,
  })
  let now = noon
  const ledger = createRolloutLedger({ tls, window: day, clock: () => now })
  t.teardown(() => ledger.stop())
  const read = gate.guard(gate.permission('invoice:read'))
  const write = gate.guard(gate.permission('invoice:write'))
  const server = createServerOf('http/1.1', tls.serverOptions, (request) => {
    const isWrite = request.headers['x-write'] !== undefined
    const route = isWrite ? 'POST /invoices' : 'GET /invoices'
    const describe = () => ({ raw: request, route })
    const decision = (isWrite ? write : read)(gate.admit(request), request, undefined, describe)
    return 'allowed' in decision && decision.allowed ? decision.reason : 'denied'
  })
  tls.attach(server)
  const port = await listen(t, server)
  return {
    tls,
    ledger,
    port,
    refusal,
    ask: async (client: object, headers: readonly string[] = []) =>
      answerTo({ port, ...client }, headers),
    passADay: () => void (now += day * 1000),
  }
}

const entriesOf = ({ entries }: LedgerExport) =>
  Object.fromEntries(entries.map(({ key, ...entry }) => [key, entry]))

t.test('keeps book of whom observing lets go on', async (t) => {
  const { ask, ledger } = await startService(t, 'observe')
  for (const [client, headers, answer] of [
    [reader, [], 'granted'],
    [reader, ['x-write: 1'], 'observed'],
    [expired, [], 'observed'],
    [nameless, [], 'observed'],
    [stranger, [], 'observed'],
    [anonymous, [], 'observed'],
  ] as const) {
    t.equal(await ask(client, headers), answer)
  }
  const exported = ledger.toJSON()
  t.match(entriesOf(exported), {
    [`identity:${id}`]: {
      isOfConfiguredCa: true,
      connections: 0,
      requests: 1,
      refusals: [{ stage: 'permission', code: 'ERR_PEERGATE_PERMISSION_DENIED' }],
      routes: [{ route: 'POST /invoices', count: 1 }],
    },
    [`fingerprint:${fingerprintIn(expired.cert)}`]: {
      isOfConfiguredCa: true,
      remoteAddress: '127.0.0.1',
      connections: 1,
      requests: 1,
      refusals: [{ stage: 'tls', code: 'ERR_PEERGATE_CERTIFICATE_EXPIRED', count: 2 }],
      routes: [{ route: 'GET /invoices', count: 1 }],
      unverified: { subject: 'CN=reader', names: [`uniformResourceIdentifier:"${id}"`] },
    },
    [`fingerprint:${fingerprintIn(nameless.cert)}`]: {
      isOfConfiguredCa: true,
      connections: 0,
      requests: 1,
      refusals: [{ stage: 'identity', code: 'ERR_PEERGATE_IDENTITY_MISSING' }],
    },
    [`fingerprint:${fingerprintIn(stranger.cert)}`]: {
      isOfConfiguredCa: false,
      connections: 1,
      requests: 1,
      refusals: [{ stage: 'tls', code: 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED' }],
    },
    'address:127.0.0.1': {
      isOfConfiguredCa: false,
      connections: 1,
      requests: 1,
      refusals: [{ stage: 'tls', code: 'ERR_PEERGATE_CERTIFICATE_MISSING' }],
    },
  })
  t.equal(exported.entries.length, 5)
  t.ok(exported.entries.every(({ isBlocking }) => isBlocking))
  t.ok(exported.entries.every(({ refusals }) => refusals.every(({ isEnforced }) => !isEnforced)))
  t.match(exported, { mode: 'observe', accepted: { connections: 3, requests: 2 } })
  t.equal(ledger.verdict().ready, 'no')
})

t.test('keeps book of whom enforce answers with 401', async (t) => {
  const { ask, ledger, passADay } = await startService(t, 'enforce')
  t.equal(await ask(reader, ['x-write: 1']), 'denied')
  for (const client of [expired, anonymous]) {
    t.match(await ask(client), /"status":401/u)
  }
  const exported = ledger.toJSON()
  t.match(entriesOf(exported), {
    [`identity:${id}`]: {
      isBlocking: false,
      refusals: [{ stage: 'permission', isEnforced: true }],
    },
    [`fingerprint:${fingerprintIn(expired.cert)}`]: {
      isBlocking: true,
      connections: 1,
      requests: 1,
      routes: [],
      refusals: [{ stage: 'tls', count: 2, isEnforced: true }],
    },
    'address:127.0.0.1': { isBlocking: true, connections: 1, requests: 1 },
  })
  t.equal(exported.entries.length, 3)
  t.equal(ledger.verdict().ready, 'no')
  passADay()
  await ask(reader)
  t.equal(ledger.verdict().ready, 'no', 'to the end of the window')
  passADay()
  await ask(reader)
  t.equal(ledger.verdict().ready, 'yes')
})

for (const [refusals, key, isOfConfiguredCa] of [
  ['handshake', 'address:127.0.0.1', null],
  ['recorded', `fingerprint:${fingerprintIn(expired.cert)}`, true],
] as const) {
  t.test(`keeps book of whom strict refuses: ${refusals}`, async (t) => {
    const { ask, ledger, refusal } = await startService(t, 'strict', { refusals })
    t.equal(await ask(reader), 'granted')
    t.equal(await ask(expired), 'no answer')
    t.ok(await refusal())
    t.match(ledger.toJSON(), {
      mode: 'strict',
      entries: [
        {
          key,
          isOfConfiguredCa,
          isBlocking: true,
          connections: 1,
          requests: 0,
          refusals: [{ code: 'ERR_PEERGATE_CERTIFICATE_EXPIRED', isEnforced: true }],
        },
      ],
    })
    t.equal(ledger.verdict().ready, 'no')
  })
}

t.test('keeps book of connections that a change of trust closes', async (t) => {
  const { ledger, tls, port, refusal } = await startService(t, 'enforce')
  const socket = open({ port, ...reader })
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await once(socket, 'data')
  const fingerprint = fingerprintIn(reader.cert)
  tls.setDenylist({ fingerprints: [fingerprint] })
  t.ok(await refusal())
  await once(socket, 'close')
  t.match(ledger.toJSON().entries, [
    {
      key: `fingerprint:${fingerprint}`,
      isOfConfiguredCa: true,
      connections: 1,
      certificate: { subject: 'CN=reader' },
      unverified: null,
      refusals: [{ stage: 'tls', code: 'ERR_PEERGATE_CERTIFICATE_REVOKED', isEnforced: true }],
    },
  ])
})

t.test('says when each configured CA was last used', async (t) => {
  const { ask, ledger, passADay } = await startService(t, 'enforce', {
    clientCas: { payments: { anchors: payments, issuers: intermediate }, batch },
  })
  await ask(reader)
  passADay()
  await ask(below)
  t.match(ledger.toJSON(), {
    authorities: [
      { trustSet: 'payments', role: 'anchor', connections: 2, lastUsed: noon + day * 1000 },
      { trustSet: 'payments', role: 'issuer', connections: 1, lastUsed: noon + day * 1000 },
      { trustSet: 'batch', role: 'anchor', connections: 0, lastUsed: null },
    ],
    unattributed: [
      { trustSet: 'payments', connections: 0, lastUsed: null },
      { trustSet: 'batch', connections: 0, lastUsed: null },
    ],
  })
})

t.test('counts clients of an issuer that is not configured apart', async (t) => {
  const { ask, ledger } = await startService(t, 'strict')
  t.equal(await ask(below), 'granted')
  t.match(ledger.toJSON(), {
    authorities: [{ trustSet: 'payments', connections: 0, lastUsed: null }],
    unattributed: [{ trustSet: 'payments', connections: 1, lastUsed: noon }],
  })
})
