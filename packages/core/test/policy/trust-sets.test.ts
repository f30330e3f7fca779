import { createConformanceGates } from '@peergate/testkit'
import t from 'tap'
import { createPeerGate, definePolicy, socketSource, spiffe } from '@peergate/core'
import type { PeerGate, PeerSource } from '@peergate/core'
import { faultOf } from '../support/fault-of.js'
import { fixedSource } from '../support/fixed-source.js'
import { workerId } from '../support/payments-gate.js'

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
    const place = `option "policy.grants.${grantSets.length}.trustSet"`
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, `createPeerGate: ${place}: ${fault}`)
  })
}

t.test('takes every set that the source gives', async (t) => {
  for (const source of [named, socketSource({ tls })]) {
    t.equal(
      faultOf(() => gateOf(source, ['payments', 'batch'])),
      null,
    )
  }
})

t.test('takes any set where the source does not say which it gives', async (t) => {
  t.equal(
    faultOf(() => gateOf(fixedSource, ['partners'])),
    null,
  )
})
