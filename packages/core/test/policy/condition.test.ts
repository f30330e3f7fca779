import t from 'tap'
import type { ClientIdentity, Grant } from '@peergate/core'
import { gateBy, mayRead, workerIdentity } from '../support/decide-by.js'
import type { InvoicePermission } from '../support/decide-by.js'
import { faultOf } from '../support/fault-of.js'
import { workerId } from '../support/payments-gate.js'

type Conditions = Partial<Grant<InvoicePermission, string>>

const noGrant = `no grant gives invoice:read to "${workerId}"`

function allowing(conditions: Conditions): Grant<InvoicePermission, string> {
  return { identity: workerId, allow: ['invoice:read'], ...conditions } as Grant<InvoicePermission>
}

function denying(conditions: Conditions): readonly Grant<InvoicePermission, string>[] {
  const denial = { identity: workerId, deny: ['invoice:read'], ...conditions }
  return [{ anyIdentity: true, allow: ['invoice:read'] }, denial as Grant<InvoicePermission>]
}

const begins = Date.UTC(2026, 5, 1)
const ends = Date.UTC(2026, 6, 1)
const window = { notBefore: '2026-06-01T00:00:00Z', notAfter: '2026-07-01T02:00:00+02:00' }
const within = 'a moment from 2026-06-01T00:00:00.000Z to 2026-07-01T00:00:00.000Z'
const raise = (): number => {
  throw new Error('the clock stands')
}

interface Row {
  readonly name: string
  readonly conditions: Conditions
  readonly verdict: 'met' | 'unmet' | 'unknown'
  /** What the log says is needed, where the condition is not met. */
  readonly needs?: string
  readonly facts?: Partial<ClientIdentity>
  readonly clock?: () => number
}

const rows: readonly Row[] = [
  { name: 'its trust set', conditions: { trustSet: 'payments' }, verdict: 'met' },
  {
    name: 'another trust set',
    conditions: { trustSet: 'payments' },
    facts: { trustSet: 'batch' },
    verdict: 'unmet',
    needs: 'the trust set "payments"',
  },
  {
    name: 'a trust set where none is known',
    conditions: { trustSet: 'payments' },
    facts: { trustSet: null },
    verdict: 'unknown',
    needs: 'the trust set "payments"',
  },
  {
    name: 'a trust set called null where none is known',
    conditions: { trustSet: 'null' },
    facts: { trustSet: null },
    verdict: 'unknown',
    needs: 'the trust set "null"',
  },
  ...[
    ['at its first moment', begins, 'met'] as const,
    ['a millisecond before', begins - 1, 'unmet'] as const,
    ['at its last moment', ends, 'met'] as const,
    ['a millisecond after', ends + 1, 'unmet'] as const,
    ['by a clock that gives NaN', Number.NaN, 'unknown'] as const,
    ['by a clock that gives Infinity', Number.POSITIVE_INFINITY, 'unknown'] as const,
    ['by a clock that gives a date', new Date(begins + 1) as unknown as number, 'unknown'] as const,
    ['by a clock that gives a bigint', BigInt(begins + 1) as unknown as number, 'unknown'] as const,
  ].map(([name, now, verdict]): Row => ({
    name: `a window ${name}`,
    conditions: window,
    clock: () => now,
    verdict,
    needs: within,
  })),
  {
    name: 'a window by a clock that throws',
    conditions: window,
    clock: raise,
    verdict: 'unknown',
    needs: within,
  },
]

for (const { name, conditions, verdict, needs, facts = {}, ...options } of rows) {
  t.test(`a grant on ${name} is ${verdict}`, async (t) => {
    const decision = mayRead(gateBy([allowing(conditions)], options), facts)
    t.equal(decision.allowed, verdict === 'met')
    if (decision.allowed) return
    t.equal(decision.reason, 'not-granted')
    t.equal(decision.error.detail, `${noGrant}; grants.0 needs ${needs}`)
  })

  t.test(`a denial on ${name} is ${verdict}`, async (t) => {
    const decision = mayRead(gateBy(denying(conditions), options), facts)
    t.equal(decision.allowed, verdict === 'unmet')
    if (decision.allowed) return
    t.equal(decision.reason, 'denied')
    t.equal(decision.grant, workerId)
    t.equal(decision.error.detail, `grants.1 denies invoice:read to "${workerId}"`)
  })
}

const ranks = ['tls', 'proxy-verified', 'proxy-asserted'] as const

for (const [rank, assurance] of ranks.entries()) {
  for (const [least, minimumAssurance] of ranks.entries()) {
    const isMet = rank <= least
    t.test(
      `${assurance} is ${isMet ? 'enough' : 'too little'} for ${minimumAssurance}`,
      async (t) => {
        const decision = mayRead(gateBy([allowing({ minimumAssurance })]), { assurance })
        t.equal(decision.allowed, isMet)
        if (decision.allowed) return
        t.equal(
          decision.error.detail,
          `${noGrant}; grants.0 needs the assurance ${minimumAssurance}`,
        )
      },
    )
  }
}

t.test('an assurance of no known name is less than any', async (t) => {
  const gate = gateBy([allowing({ minimumAssurance: 'proxy-asserted' })])
  t.match(mayRead(gate, { assurance: 'reverified' as never }), { allowed: false })
})

const { fingerprint256 } = workerIdentity
const fingerprint = String(fingerprint256)
const byCertificate = { fingerprint256: fingerprint, notAfter: window.notAfter } as const

t.test('a fingerprint is written with colons or without, in either case', async (t) => {
  for (const written of [fingerprint, fingerprint.toLowerCase(), fingerprint.replaceAll(':', '')]) {
    const grant = { ...byCertificate, fingerprint256: written, allow: ['invoice:read'] } as const
    t.match(mayRead(gateBy([grant])), { reason: 'granted', grant: fingerprint }, written)
  }
})

const other = fingerprint.replace('AB', 'CD')

for (const [name, found, given, denied] of [
  ['its certificate', fingerprint, true, true],
  ['another certificate', other, false, false],
  ['a certificate that is not known', null, false, true],
] as const) {
  t.test(`a grant by fingerprint ${given ? 'gives' : 'does not give'} to ${name}`, async (t) => {
    const gate = gateBy([{ ...byCertificate, allow: ['invoice:read'] }])
    t.equal(mayRead(gate, { fingerprint256: found }).allowed, given)
  })

  t.test(`a denial by fingerprint ${denied ? 'denies' : 'does not deny'} ${name}`, async (t) => {
    const general = { anyIdentity: true, allow: ['invoice:read'] } as const
    const gate = gateBy([general, { ...byCertificate, deny: ['invoice:read'] }])
    t.equal(mayRead(gate, { fingerprint256: found }).allowed, !denied)
  })
}

t.test('a grant by fingerprint ends', async (t) => {
  const grant = { ...byCertificate, allow: ['invoice:read'] } as const
  t.equal(mayRead(gateBy([grant], { clock: () => ends })).allowed, true)
  t.equal(mayRead(gateBy([grant], { clock: () => ends + 1 })).allowed, false)
})

t.test('demands every one of several conditions', async (t) => {
  const gate = gateBy([allowing({ trustSet: 'payments', minimumAssurance: 'tls', ...window })])
  t.match(mayRead(gate), {
    error: { detail: `${noGrant}; grants.0 needs the assurance tls and ${within}` },
  })
  t.equal(mayRead(gate, { assurance: 'tls' }).allowed, true)
  t.equal(mayRead(gate, { assurance: 'tls', trustSet: 'batch' }).allowed, false)
})

for (const [name, conditions, needs, now] of [
  [
    'a first moment',
    { notBefore: window.notBefore },
    'a moment from 2026-06-01T00:00:00.000Z on',
    begins - 1,
  ],
  [
    'a last moment',
    { notAfter: window.notAfter },
    'a moment up to 2026-07-01T00:00:00.000Z',
    ends + 1,
  ],
] as const) {
  t.test(`says of ${name} alone what it is`, async (t) => {
    t.equal(mayRead(gateBy([allowing(conditions)], { clock: () => begins })).allowed, true)
    t.match(mayRead(gateBy([allowing(conditions)], { clock: () => now })), {
      error: { detail: `${noGrant}; grants.0 needs ${needs}` },
    })
  })
}

t.test('takes a window of one moment, and none that ends before it begins', async (t) => {
  const moment = '2026-06-01T00:00:00Z'
  const gate = gateBy([allowing({ notBefore: moment, notAfter: moment })], { clock: () => begins })
  t.equal(mayRead(gate).allowed, true)
  const { notBefore, notAfter } = window
  const error = faultOf(() => gateBy([allowing({ notBefore: notAfter, notAfter: notBefore })]))
  t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
  t.equal(
    error?.detail,
    'definePolicy: option "grants.0.notAfter" lies before notBefore, so that nobody has the grant',
  )
})

t.test(
  'reads the clock once for a decision, so that no denial slips between two moments',
  async (t) => {
    let now = begins - 1
    const gate = gateBy(
      [
        { identity: workerId, allow: ['invoice:read'], notBefore: window.notBefore },
        { anyIdentity: true, deny: ['invoice:read'], notBefore: window.notBefore },
      ],
      { clock: () => now++ },
    )
    t.equal(mayRead(gate).allowed, false)
    t.equal(mayRead(gate).allowed, false)
    t.equal(now, begins + 1)
  },
)

t.test('tells the log of no grant for others, and of three at most', async (t) => {
  const [mine, other] = ['AB', 'CD'].map((byte) => Array.from({ length: 32 }, () => byte).join(':'))
  const certificate = { allow: ['invoice:read'], notAfter: '2026-06-01T00:00:00Z' } as const
  const gate = gateBy([
    { ...certificate, fingerprint256: other as string },
    { anyIdentity: true, allow: ['invoice:read'], where: { params: { tenant: 'globex' } } },
    { ...certificate, fingerprint256: mine as string },
    ...['a', 'b', 'c'].map((trustSet) => allowing({ trustSet })),
  ])
  const needs = 'a moment up to 2026-06-01T00:00:00.000Z'
  const decision = mayRead(gate)
  t.match(decision, {
    error: {
      detail: `${noGrant}; grants.2 needs ${needs}; grants.3 needs the trust set "a"; grants.4 needs the trust set "b"; and 1 more`,
    },
  })
  const unknown = mayRead(gate, { fingerprint256: null })
  t.notMatch(unknown, { error: { detail: /CD|AB|globex/u } })
})
