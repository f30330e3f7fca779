import { channel } from 'node:diagnostics_channel'
import { createRolloutLedger, gateChannels } from '@peergate/core'
import type { LedgerVerdict, RolloutLedgerOptions } from '@peergate/core'
import t from 'tap'
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
  stranger,
  watchLedger,
} from '../support/watched-ledger.js'

const seen = 'within the last 100 seconds'
const worker = '"identity:spiffe://prod.example/ns/payments/sa/worker"'
const ours = `"fingerprint:${fingerprintOf('AB')}"`
const no = (...because: readonly string[]): LedgerVerdict => ({ ready: 'no', because })
const oneOfOurs = (key: string) =>
  no(`of the clients of configured CAs, 1 would be refused by what was seen ${seen}: ${key}`)
const oneOther = (key: string) =>
  no(`of all others, 1 would be refused by what was seen ${seen}: ${key}`)
const yes = (connections: number, requests: number, ignored = ''): LedgerVerdict => ({
  ready: 'yes',
  because: [
    `${seen} nobody${ignored} was refused or would have been; accepted connections: ${connections}, requests: ${requests}`,
  ],
})

t.test('is ready when the window passed with nobody refused', async (t) => {
  const { ledger, wait, tell } = watchLedger(t)
  wait(100)
  for (const event of [accepted(), identified, identified]) tell(event)
  t.strictSame(ledger.verdict(), yes(1, 2))
})

t.test('is ready by the requests of a proxy alone', async (t) => {
  const { ledger, wait, tell } = watchLedger(t)
  tell(identified)
  wait(100)
  t.strictSame(ledger.verdict(), yes(0, 1))
})

for (const [name, event, mode, verdict] of [
  ['a connection without a certificate', anonymous, 'observe', oneOther('"address:192.0.2.1"')],
  ['a stranger', stranger, 'observe', oneOther(`"fingerprint:${fingerprintOf('EE')}"`)],
  ['a lapsed certificate', lapsed, 'observe', oneOfOurs(ours)],
  ['one that enforce answers', lapsed, 'enforce', oneOfOurs(ours)],
  [
    'one that strict refused',
    refused(null, 'ERR_PEERGATE_CERTIFICATE_EXPIRED', { isEnforced: true }),
    'strict',
    oneOther('"address:192.0.2.1"'),
  ],
  ['a connection that was closed', closed, 'strict', oneOfOurs(ours)],
  ['a certificate without an identity', rejected(), 'observe', oneOfOurs(ours)],
  [
    'a certificate without an identity that is refused',
    rejected({ isEnforced: true }),
    'enforce',
    oneOfOurs(ours),
  ],
  [
    'what a proxy forwards badly',
    rejected({
      layer: 'proxy',
      code: 'ERR_PEERGATE_FORWARDED_IDENTITY_UNVERIFIED',
      fingerprint256: null,
    }),
    'observe',
    oneOther('"address:192.0.2.1"'),
  ],
  ['a permission that is missing', denied(), 'observe', oneOfOurs(worker)],
  [
    'somebody lost at the TLS gate, of whom a request that is only tried tells',
    rejected({ layer: 'tls', policy: 'shadow' }),
    'enforce',
    oneOfOurs(ours),
  ],
] as const) {
  t.test(`is not ready by ${name}`, async (t) => {
    const { ledger, wait, tell } = watchLedger(t)
    tell(event, mode)
    tell(accepted())
    wait(100)
    t.strictSame(ledger.verdict(), verdict)
    wait(0.001)
    tell(accepted())
    t.equal(ledger.verdict().ready, 'yes', 'it is of the past behind the window')
  })
}

for (const [name, event] of [
  ['a permission that is denied for good', denied(undefined, { isEnforced: true })],
  ['a policy that is only tried', denied(undefined, { policy: 'shadow' })],
  ['an identity that only what is tried needs', rejected({ policy: 'shadow' })],
] as const) {
  t.test(`is ready in spite of ${name}, which is listed`, async (t) => {
    const { ledger, wait, tell } = watchLedger(t)
    tell(accepted())
    tell(event)
    wait(100)
    t.strictSame(ledger.verdict(), yes(1, 0))
    t.match(ledger.toJSON().entries, [{ isBlocking: false, requests: 1 }])
  })
}

const unreached = 'ERR_PEERGATE_PROTOCOL_UNSUPPORTED'

for (const [name, event, ready] of [
  ['without a certificate', anonymous, 'yes'],
  ['of an unknown CA', stranger, 'yes'],
  ['without a TLS version in common', refused(null, unreached, { isEnforced: true }), 'yes'],
  ['of a configured CA', lapsed, 'no'],
  [
    'that failed by more than strangers do',
    refused({ digits: 'EE', isOfConfiguredCa: false }, 'ERR_PEERGATE_CERTIFICATE_EXPIRED'),
    'no',
  ],
] as const) {
  t.test(`ignores strangers where it is told to: ${ready} for a peer ${name}`, async (t) => {
    const { ledger, wait, tell } = watchLedger(t, { strangers: 'ignore' })
    tell(event)
    wait(100)
    tell(accepted())
    const verdict = ledger.verdict()
    t.equal(verdict.ready, ready)
    t.equal(ledger.toJSON().entries[0]?.isBlocking, ready === 'no')
    if (ready === 'yes') {
      const ignored = ' but strangers, who are ignored,'
      t.strictSame(verdict, yes(1, 0, ignored))
    }
  })
}

t.test('names the last five of each kind, and counts the rest', async (t) => {
  const { ledger, tell } = watchLedger(t)
  for (const number of [1, 2, 3, 4, 5, 6, 7]) tell(denied(`spiffe://prod.example/${number}`))
  tell(stranger)
  const keys = [7, 6, 5, 4, 3].map((number) => `"identity:spiffe://prod.example/${number}"`)
  t.strictSame(
    ledger.verdict(),
    no(
      `of the clients of configured CAs, 7 would be refused by what was seen ${seen}: ${keys.join(', ')}, and 2 more`,
      ...oneOther(`"fingerprint:${fingerprintOf('EE')}"`).because,
    ),
  )
})

t.test('has not watched for longer because the clock of the system is put forward', async (t) => {
  const ledger = createRolloutLedger({ window: 3600, gate: 'put-forward' })
  t.teardown(() => ledger.stop())
  const now = Date.now()
  t.intercept(Date, 'now', { value: () => now + 86_400_000 })
  t.match(ledger.verdict(), {
    ready: 'unknown',
    because: [/^the ledger has watched for 0 of 3600 seconds$/u, /^nobody was accepted/u],
  })
  const { since, at } = ledger.toJSON()
  t.ok(Math.abs(since - now) < 60_000 && Math.abs(at - now) < 60_000, 'it tells the time of day')
})

const unwatched = 'the ledger has watched for 0 of 100 seconds'
const unaccepted = `nobody was accepted ${seen}`

t.test('is unknown as long as it has not watched for the window', async (t) => {
  const { ledger, wait, tell } = watchLedger(t)
  t.strictSame(ledger.verdict(), { ready: 'unknown', because: [unwatched, unaccepted] })
  wait(99.999)
  tell(accepted())
  t.strictSame(ledger.verdict(), {
    ready: 'unknown',
    because: ['the ledger has watched for 99 of 100 seconds'],
  })
})

t.test('is unknown where nobody was accepted, since nothing seen proves nothing', async (t) => {
  const { ledger, wait, tell } = watchLedger(t)
  tell(accepted())
  tell(identified)
  wait(100)
  t.equal(ledger.verdict().ready, 'yes')
  wait(0.001)
  t.strictSame(ledger.verdict(), { ready: 'unknown', because: [unaccepted] })
})

t.test('is unknown where a peer of ours was dropped within the window', async (t) => {
  const { ledger, wait, tell } = watchLedger(t, { limits: { peers: 1 } })
  tell(denied('spiffe://prod.example/one'))
  tell(denied('spiffe://prod.example/two', { policy: 'shadow' }))
  wait(100)
  tell(accepted())
  t.strictSame(ledger.verdict(), {
    ready: 'unknown',
    because: [
      `entries of peers of the configured CAs were dropped ${seen}, since the ledger holds 1 of them`,
    ],
  })
  wait(0.001)
  t.equal(ledger.verdict().ready, 'yes')
})

for (const [strangers, event, ready] of [
  ['block', stranger, 'no'],
  ['ignore', stranger, 'yes'],
  [
    'ignore',
    refused(null, 'ERR_PEERGATE_CERTIFICATE_EXPIRED', {
      connection: { ...connectionFrom('192.0.2.9') },
    }),
    'no',
  ],
] as const satisfies readonly (readonly [
  RolloutLedgerOptions['strangers'],
  ReturnType<typeof refused>,
  string,
])[]) {
  t.test(`remembers that strangers were dropped: ${strangers}, ${ready}`, async (t) => {
    const { ledger, wait, tell } = watchLedger(t, { strangers, limits: { strangers: 1 } })
    wait(50)
    tell(event)
    wait(1)
    tell(anonymous)
    tell(accepted())
    ledger.forget('address:192.0.2.1')
    wait(50)
    const verdict = ledger.verdict()
    t.equal(verdict.ready, ready)
    if (ready === 'no') {
      const dropped = `of all others, the entries of 1 were dropped, and somebody of them was seen ${seen}`
      t.strictSame(verdict.because, [dropped])
    }
    wait(50)
    tell(accepted())
    t.equal(ledger.verdict().ready, 'yes')
  })
}

t.test('is never yes once it was stopped', async (t) => {
  const { ledger, wait, tell } = watchLedger(t)
  tell(accepted())
  wait(100)
  ledger.stop()
  ledger.stop()
  t.strictSame(ledger.verdict(), {
    ready: 'unknown',
    because: ['the ledger was stopped, and has seen nothing since'],
  })
  tell(stranger)
  t.equal(ledger.toJSON().entries.length, 0)
})

t.test('is unknown where an event could not be recorded', async (t) => {
  const { ledger, wait, tell } = watchLedger(t)
  const { gate } = ledger
  channel(gateChannels['permission-denied']).publish({ type: 'permission-denied', gate })
  tell(accepted())
  wait(100)
  t.strictSame(ledger.verdict(), {
    ready: 'unknown',
    because: ['events that could not be recorded: 1'],
  })
})

t.test('is never yes by a clock that fails', async (t) => {
  const broken: (() => unknown)[] = [
    () => Number.NaN,
    () => 'noon',
    () => {
      throw new Error('no time')
    },
  ]
  for (const breakdown of broken) {
    let isBroken = false
    let later = 0
    const clock = () => (isBroken ? (breakdown() as number) : noon + later)
    const { ledger, tell } = watchLedger(t, { clock })
    tell(accepted())
    isBroken = true
    t.equal(ledger.verdict().ready, 'unknown')
    tell(stranger)
    t.equal(ledger.verdict().ready, 'no')
    isBroken = false
    later = 200_000
    tell(accepted())
    t.equal(ledger.verdict().ready, 'no', 'nobody knows when that was')
    t.equal(ledger.forget(`fingerprint:${fingerprintOf('EE')}`), true)
    t.equal(ledger.verdict().ready, 'yes')
  }
})

function connectionFrom(remoteAddress: string) {
  const protocol = null
  return { remoteAddress, servername: null, protocol, cipher: null, isResumed: false }
}
