import { createConformanceGates } from '@peergate/testkit'
import t from 'tap'
import { allOf, createPeerGate, definePolicy, socketSource, spiffe, trustSet } from '@peergate/core'
import type { PeerGate, PeerSource, Requirement } from '@peergate/core'
import { faultOf } from '../support/fault-of.js'
import { fixedSource } from '../support/fixed-source.js'
import { worker, workerId } from '../support/payments-gate.js'

const { tls } = await createConformanceGates()

/** A gate whose policy grants by these sets. */
function gateOf(source: PeerSource, grantSets: readonly string[] = []): PeerGate<'invoice:read'> {
  const grant = { identity: workerId, allow: ['invoice:read'] } as const
  const policy = definePolicy({
    identity: 'spiffe',
    permissions: ['invoice:read'],
    grants: [grant, ...grantSets.map((name) => ({ ...grant, trustSet: name }))],
  })
  return createPeerGate({ source, identity: spiffe({ trustDomain: 'prod.example' }), policy })
}

const named: PeerSource = { ...fixedSource, trustSets: ['payments', 'batch'] }
const givesNone = '; the source of the gate gives none'

const unknown: readonly (readonly [string, PeerSource, set: string, hint: string])[] = [
  ['a misspelt set', named, 'paymnts', '; did you mean "payments"?'],
  ['a set in other letters', named, 'Batch', '; did you mean "batch"?'],
  ['a set of nobody', named, 'partners', ''],
  ['a name of the prototype', named, 'constructor', ''],
  ['any set where there are none', { ...fixedSource, trustSets: [] }, 'payments', givesNone],
  ['any set of a server set up by hand', socketSource(), 'payments', givesNone],
  [
    'a set that the TLS gate does not have',
    socketSource({ tls }),
    'payment',
    '; did you mean "payments"?',
  ],
]

for (const [name, source, set, hint] of unknown) {
  const fault = `trust set "${set}" is not known${hint}`

  t.test(`refuses a grant by ${name}`, async (t) => {
    const grantSets = source === named ? ['payments', set] : [set]
    const error = faultOf(() => gateOf(source, grantSets))
    const place = `option "grants.${grantSets.length}.trustSet"`
    const stated = `names the trust set "${set}", which is not known${hint}`
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, `definePolicy: ${place} ${stated}`)
  })

  t.test(`refuses a requirement of ${name}, however deep`, async (t) => {
    const gate = gateOf(source)
    const read = gate.permission('invoice:read')
    for (const requirement of [trustSet(set), allOf(read, allOf(trustSet(set)))]) {
      const error = faultOf(() => gate.guard(requirement))
      t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
      t.equal(error?.detail, `requirement: ${fault}`)
    }
  })
}

t.test('takes every set that the source gives', async (t) => {
  for (const source of [named, socketSource({ tls })]) {
    const gate = gateOf(source, ['payments', 'batch'])
    for (const set of ['payments', 'batch']) {
      t.equal(
        faultOf(() => gate.guard(allOf(trustSet(set)))),
        null,
      )
    }
  }
})

t.test('takes any set where the source does not say which it gives', async (t) => {
  const gate = gateOf(fixedSource, ['partners'])
  t.match(gate.guard(trustSet('partners'))(gate.admit(worker)), { allowed: false })
})

t.test('knows the sets of the source as they were when the gate was made', async (t) => {
  const names = ['payments']
  const source = { ...fixedSource, trustSets: names }
  const gate = gateOf(source)
  names[0] = 'batch'
  source.trustSets = ['batch']
  t.equal(
    faultOf(() => gate.guard(trustSet('payments'))),
    null,
  )
  t.equal(faultOf(() => gate.guard(trustSet('batch')))?.code, 'ERR_PEERGATE_OPTION_INVALID')
})

t.test('asks the requirements within one another for their permission too', async (t) => {
  const gate = gateOf(named)
  const misspelt = allOf(trustSet('payments'), allOf('invoice:raed' as never))
  const foreign = allOf(trustSet('payments'), gateOf(named).permission('invoice:read'))
  const codes: readonly (readonly [Requirement, string])[] = [
    [misspelt, 'ERR_PEERGATE_PERMISSION_UNKNOWN'],
    [foreign, 'ERR_PEERGATE_GATE_FOREIGN'],
  ]
  for (const [requirement, code] of codes) {
    t.equal(faultOf(() => gate.guard(requirement))?.code, code)
  }
})
