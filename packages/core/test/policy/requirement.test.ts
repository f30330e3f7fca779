import t from 'tap'
import { allOf, authenticated, minimumAssurance, publicRoute, trustSet } from '@peergate/core'
import { faultOf } from '../support/fault-of.js'
import { paymentsGate, worker, workerId } from '../support/payments-gate.js'

const mayRead = paymentsGate().permission('invoice:read')
const payments = trustSet('payments')
const untypedTrustSet = trustSet as (name?: unknown) => unknown
const untypedAllOf = allOf as (...requirements: readonly unknown[]) => unknown

t.test('makes a trust set of nothing but its name', async (t) => {
  for (const name of [undefined, null, '', 1, Symbol('payments'), ['payments'], {}, payments]) {
    const error = faultOf(() => untypedTrustSet(name))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, 'trustSet: the name of the set must be a text that is not empty')
  }
})

t.test('makes a minimum of nothing but an assurance', async (t) => {
  const untyped = minimumAssurance as (minimum?: unknown) => unknown
  for (const minimum of [undefined, null, '', 'reverified', 'TLS', 0, ['tls']]) {
    const error = faultOf(() => untyped(minimum))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, 'minimumAssurance: must be one of tls, proxy-verified, proxy-asserted')
  }
  t.strictSame(minimumAssurance('tls'), { minimumAssurance: 'tls' })
})

const isNone =
  'must be a permission, gate.permission(…), trustSet(…), minimumAssurance(…), when(…), allOf(…), anyOf(…), withShadow(…), authenticated or publicRoute'
const isPublic = 'is publicRoute, which lets in whom the others refuse; leave it out'

const contradictions: readonly (readonly [string, readonly unknown[], fault: string])[] = [
  ['nothing', [], 'must be given at least one requirement'],
  ['a list', [[mayRead, payments]], `requirement 1 ${isNone}`],
  ['undefined', [mayRead, undefined], `requirement 2 ${isNone}`],
  ['a spread requirement', [{ ...payments }], `requirement 1 ${isNone}`],
  ['a name in the place of a set', [payments, { trustSet: 'batch' }], `requirement 2 ${isNone}`],
  ['publicRoute', [publicRoute], `requirement 1 ${isPublic}`],
  ['publicRoute after another', [mayRead, publicRoute], `requirement 2 ${isPublic}`],
  [
    'two sets',
    [payments, mayRead, trustSet('batch')],
    'a peer is admitted by one set, and these are "payments" and "batch"',
  ],
  [
    'two sets, one within another allOf',
    [allOf('invoice:read' as never, payments), trustSet('batch\n')],
    String.raw`a peer is admitted by one set, and these are "payments" and "batch\n"`,
  ],
]

for (const [name, requirements, fault] of contradictions) {
  t.test(`demands no ${name} together`, async (t) => {
    const error = faultOf(() => untypedAllOf(...requirements))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, `allOf: ${fault}`)
  })
}

t.test('demands one set as often as it is named', async (t) => {
  t.equal(
    faultOf(() => allOf(payments, allOf(trustSet('payments')))),
    null,
  )
})

t.test('shows what a requirement demands, and cannot be changed', async (t) => {
  const requirements = [mayRead, authenticated, payments] as const
  const all = allOf(...requirements)
  t.strictSame(payments, { trustSet: 'payments' })
  t.strictSame(all, { allOf: requirements })
  for (const part of [payments, all, all.allOf]) t.ok(Object.isFrozen(part))
})

t.test('lets pass whom it knows with the assurance that a route demands', async (t) => {
  const gate = paymentsGate()
  const identity = gate.identify(worker)
  const ranks = ['tls', 'proxy-verified', 'proxy-asserted'] as const
  for (const [rank, assurance] of ranks.entries()) {
    const sender = { evidence: {}, identity: { ...identity, assurance }, refusal: null }
    for (const [least, minimum] of ranks.entries()) {
      const decision = await gate.guard(minimumAssurance(minimum))(sender)
      t.equal(decision.allowed, rank <= least, `${assurance} for ${minimum}`)
      if (decision.allowed) t.match(decision, { reason: 'assurance', grant: null })
      else {
        t.match(decision, {
          reason: 'assurance-too-low',
          error: {
            code: 'ERR_PEERGATE_ASSURANCE_TOO_LOW',
            detail: `the route demands ${minimum}, and "${workerId}" is known as ${assurance}`,
          },
        })
      }
    }
  }
})
