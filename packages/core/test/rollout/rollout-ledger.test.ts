import { createRolloutLedger } from '@peergate/core'
import type { RolloutLedgerOptions } from '@peergate/core'
import { createConformanceGates } from '@peergate/testkit'
import t from 'tap'
import { faultOf } from '../support/fault-of.js'
import { noon } from '../support/payments-gate.js'
import {
  accepted,
  anonymous,
  closed,
  denied,
  fingerprintOf,
  identified,
  lapsed,
  refused,
  rejected,
  remoteAddress,
  stranger,
  watchLedger,
} from '../support/watched-ledger.js'

const { tls } = await createConformanceGates()
const ours = `fingerprint:${fingerprintOf('AB')}`

t.test('is of one gate, by its name', async (t) => {
  t.equal(nameOf({}), 'default')
  t.equal(nameOf({ tls }), tls.name)
  t.equal(nameOf({ tls, gate: tls.name }), tls.name)
  t.equal(nameOf({ gate: 'batch' }), 'batch')
  const { ledger } = watchLedger(t)
  watchLedger(t).tell(stranger)
  t.strictSame(ledger.toJSON().entries, [])
})

for (const [name, options, fault] of [
  ['no window', {}, 'option "window" is missing or undefined'],
  ['a window of nothing', { window: 0 }, 'option "window" must be at least 1 second'],
  ['a window of years', { window: 1e9 }, 'option "window" must be at most 366 days'],
  [
    'a table of nobody',
    { window: 1, limits: { peers: 0 } },
    'option "limits.peers" must be at least 1',
  ],
  [
    'a table without a bound',
    { window: 1, limits: { strangers: 1e9 } },
    'option "limits.strangers" must be at most 1000000',
  ],
  [
    'a part of an entry',
    { window: 1, limits: { peers: 1.5 } },
    'option "limits.peers" must be a whole number',
  ],
  ['no TLS gate', { window: 1, tls: {} }, 'option "tls" must be made by createTlsGate'],
  [
    'two gates',
    { window: 1, tls, gate: 'batch' },
    'option "gate" is "batch", and the gate in option "tls" is called "conformance"; give both gates of a service one name',
  ],
  ['no clock', { window: 1, clock: 1 }, 'option "clock" must be a function'],
] as const) {
  t.test(`refuses ${name}`, async (t) => {
    const error = faultOf(() => createRolloutLedger(options as never))
    t.match(error, {
      code: 'ERR_PEERGATE_OPTION_INVALID',
      detail: `createRolloutLedger: ${fault}`,
    })
  })
}

t.test('says by identity who was denied, since when, how often and where', async (t) => {
  const { ledger, wait, tell } = watchLedger(t)
  const value = 'spiffe://prod.example/ns/payments/sa/worker'
  tell(denied(value))
  wait(1)
  tell(denied(value, { route: 'POST /invoices' }))
  wait(1)
  tell(denied(value, { policy: 'shadow' }))
  t.strictSame(ledger.toJSON().entries, [
    {
      key: `identity:${value}`,
      identity: { kind: 'spiffe', value, trustSet: 'payments' },
      fingerprint256: fingerprintOf('AB'),
      remoteAddress,
      certificate: null,
      unverified: null,
      isOfConfiguredCa: true,
      first: noon,
      last: noon + 2000,
      isBlocking: true,
      connections: 0,
      requests: 3,
      refusals: [
        {
          stage: 'permission',
          code: 'ERR_PEERGATE_PERMISSION_DENIED',
          count: 2,
          last: noon + 1000,
          isEnforced: false,
        },
        {
          stage: 'shadow',
          code: 'ERR_PEERGATE_PERMISSION_DENIED',
          count: 1,
          last: noon + 2000,
          isEnforced: false,
        },
      ],
      otherRefusals: 0,
      routes: [
        { route: 'GET /invoices/:id', count: 2 },
        { route: 'POST /invoices', count: 1 },
      ],
      otherRoutes: 0,
    },
  ])
})

t.test('takes a connection and the requests on it for one peer', async (t) => {
  const { ledger, tell } = watchLedger(t)
  const { unverified } = lapsed
  tell(lapsed)
  tell(
    rejected({
      layer: 'tls',
      code: 'ERR_PEERGATE_CERTIFICATE_EXPIRED',
      fingerprint256: null,
      unverified,
    }),
  )
  t.match(ledger.toJSON().entries, [
    {
      key: ours,
      isOfConfiguredCa: true,
      connections: 1,
      requests: 1,
      refusals: [{ stage: 'tls', code: 'ERR_PEERGATE_CERTIFICATE_EXPIRED', count: 2 }],
      routes: [{ route: 'GET /invoices/:id', count: 1 }],
      certificate: null,
      unverified: { fingerprint256: fingerprintOf('AB') },
    },
  ])
  tell(closed)
  t.match(ledger.toJSON().entries, [
    { key: ours, certificate: { fingerprint256: fingerprintOf('AB') }, unverified: {} },
  ])
})

t.test('knows peers without a certificate by their address', async (t) => {
  const { ledger, tell } = watchLedger(t)
  tell(anonymous)
  tell(anonymous)
  tell(refused(null, 'ERR_PEERGATE_CERTIFICATE_MISSING', { connection: unaddressed }))
  t.match(ledger.toJSON().entries, [
    { key: 'address:unknown', remoteAddress: null, isOfConfiguredCa: false, connections: 1 },
    { key: 'address:192.0.2.1', remoteAddress, isOfConfiguredCa: false, connections: 2 },
  ])
})

t.test('keeps what it knew of a peer', async (t) => {
  const { ledger, tell } = watchLedger(t)
  tell(refused(null, 'ERR_PEERGATE_CERTIFICATE_EXPIRED'))
  tell(anonymous)
  t.equal(ledger.toJSON().entries[0]?.isOfConfiguredCa, null, 'who may be one of ours still may')
  tell(lapsed)
  tell(refused({ digits: 'AB', isOfConfiguredCa: false }, undefined, { connection: unaddressed }))
  t.match(ledger.toJSON().entries[0], { key: ours, isOfConfiguredCa: true, remoteAddress })
})

t.test('moves a stranger to the peers when its CA is configured', async (t) => {
  const { ledger, tell } = watchLedger(t, { limits: { strangers: 1 } })
  tell(refused({ digits: 'AB', isOfConfiguredCa: false }))
  tell(lapsed)
  tell(stranger)
  tell(anonymous)
  t.match(ledger.toJSON(), {
    entries: [{ key: ours, connections: 2 }, { key: 'address:192.0.2.1' }],
    dropped: { peers: { count: 0, last: null }, strangers: { count: 1, last: noon } },
  })
})

t.test('drops who was not seen for the longest, and never a peer for a stranger', async (t) => {
  const { ledger, tell } = watchLedger(t, { limits: { peers: 2, strangers: 2 } })
  tell(denied('spiffe://prod.example/one'))
  tell(denied('spiffe://prod.example/two'))
  tell(denied('spiffe://prod.example/one'))
  for (const digits of ['01', '02', '03', '04', '05']) {
    tell(refused({ digits, isOfConfiguredCa: false }))
  }
  const keys = () => ledger.toJSON().entries.map(({ key }) => key)
  t.strictSame(keys(), [
    'identity:spiffe://prod.example/one',
    'identity:spiffe://prod.example/two',
    `fingerprint:${fingerprintOf('05')}`,
    `fingerprint:${fingerprintOf('04')}`,
  ])
  tell(denied('spiffe://prod.example/three'))
  t.strictSame(keys().slice(0, 2), [
    'identity:spiffe://prod.example/three',
    'identity:spiffe://prod.example/one',
  ])
  t.match(ledger.toJSON().dropped, { peers: { count: 1 }, strangers: { count: 3 } })
})

t.test('remembers the last of those it dropped, in whatever order they stood', async (t) => {
  const { ledger, wait, tell } = watchLedger(t, { limits: { strangers: 1 } })
  for (const digits of ['01', '02', '03']) {
    tell(refused({ digits, isOfConfiguredCa: false }))
    wait(10)
  }
  ledger.forget(`fingerprint:${fingerprintOf('03')}`)
  tell(accepted())
  wait(80)
  t.equal(ledger.verdict().ready, 'no', 'the second was seen 100 seconds ago')
  wait(0.001)
  t.equal(ledger.verdict().ready, 'yes')
})

t.test('keeps 20 routes of a peer and 20 of its ways to fail, and counts the others', async (t) => {
  const { ledger, tell } = watchLedger(t)
  const value = 'spiffe://prod.example/one'
  for (let number = 0; number < 25; number += 1) {
    const code = `ERR_PEERGATE_${number}` as 'ERR_PEERGATE_PERMISSION_DENIED'
    tell(denied(value, { route: `GET /${number}${'/long'.repeat(100)}`, code }))
  }
  tell(denied(value, { route: `GET /0${'/long'.repeat(100)}` }))
  const [entry] = ledger.toJSON().entries
  t.equal(entry?.refusals.length, 20)
  t.equal(entry?.otherRefusals, 6)
  t.equal(entry?.routes.length, 20)
  t.equal(entry?.otherRoutes, 5)
  t.match(entry?.routes[0], { count: 2, route: /^GET \/0(?:\/long)+.*…$/u })
  t.ok(entry?.routes.every(({ route }) => route.length <= 201))
})

t.test('tells long identities apart without keeping all of them', async (t) => {
  const { ledger, tell } = watchLedger(t)
  const long = `spiffe://prod.example/${'workload'.repeat(100)}`
  tell(denied(`${long}/one`))
  tell(denied(`${long}/two`))
  const { entries } = ledger.toJSON()
  t.equal(entries.length, 2)
  for (const { key, identity } of entries) {
    t.match(key, /^identity:spiffe:.{80,90}…[\da-f]{64}$/u)
    t.equal(identity?.value.length, 201)
  }
})

t.test('forgets a peer that was fixed, until it comes again', async (t) => {
  const { ledger, tell } = watchLedger(t)
  tell(lapsed)
  tell(stranger)
  t.equal(ledger.forget(ours), true)
  t.equal(ledger.forget(ours), false)
  t.equal(ledger.forget(`fingerprint:${fingerprintOf('EE')}`), true)
  t.strictSame(ledger.toJSON().entries, [])
  tell(lapsed)
  t.match(ledger.toJSON().entries, [{ key: ours, connections: 1 }])
})

t.test('counts what was accepted within the window', async (t) => {
  const { ledger, wait, tell } = watchLedger(t)
  for (let second = 0; second < 300; second += 1) {
    tell(accepted())
    if (second % 2 === 0) tell(identified)
    wait(1)
  }
  const { accepted: counted } = ledger.toJSON()
  t.ok(counted.connections >= 100 && counted.connections <= 102)
  t.ok(counted.requests >= 50 && counted.requests <= 51)
  t.equal(counted.last, noon + 299_000)
  wait(500)
  t.strictSame(ledger.toJSON().accepted, { connections: 0, requests: 0, last: noon + 299_000 })
})

t.test('says whose certificates have no configured issuer', async (t) => {
  const { ledger, wait, tell } = watchLedger(t)
  t.match(ledger.toJSON(), { authorities: null, unattributed: [] })
  tell(accepted())
  t.strictSame(ledger.toJSON().unattributed, [])
  wait(1)
  tell(accepted([]))
  t.strictSame(ledger.toJSON().unattributed, [
    { trustSet: 'payments', connections: 1, lastUsed: noon + 1000 },
  ])
})

t.test('keeps the CAs that were used last, of more than anybody configures', async (t) => {
  const { ledger, tell } = watchLedger(t, { tls })
  const [payments] = tls.status().authorities.map((authority) => authority.fingerprint256)
  const used = () => ledger.toJSON().authorities?.map(({ connections }) => connections)
  tell(accepted([String(payments)]))
  t.strictSame(used(), [1, 0])
  for (let number = 0; number < 9999; number += 1) tell(accepted([`${number}`]))
  t.strictSame(used(), [1, 0])
  tell(accepted(['9999']))
  t.strictSame(used(), [0, 0])
})

t.test('is plain JSON', async (t) => {
  const { ledger, tell } = watchLedger(t)
  t.match(ledger.toJSON(), { version: 1, mode: null, at: noon })
  for (const event of [accepted(), identified, lapsed, stranger, rejected(), denied(), closed]) {
    tell(event, 'enforce')
  }
  const exported = ledger.toJSON()
  t.match(exported, {
    version: 1,
    gate: ledger.gate,
    mode: 'enforce',
    window: 100,
    strangers: 'block',
    since: noon,
    verdict: ledger.verdict(),
  })
  t.strictSame(JSON.parse(JSON.stringify(ledger)), exported)
})

const unaddressed = {
  remoteAddress: null,
  servername: null,
  protocol: null,
  cipher: null,
  isResumed: false,
}

/** The gate of a ledger with these options. */
function nameOf(options: Partial<RolloutLedgerOptions>): string {
  const ledger = createRolloutLedger({ window: 1, ...options })
  ledger.stop()
  return ledger.gate
}
