import t from 'tap'
import {
  allOf,
  anyOf,
  authenticated,
  minimumAssurance,
  publicRoute,
  trustSet,
  when,
} from '@peergate/core'
import { gateBy, workerIdentity } from '../support/decide-by.js'
import { faultOf } from '../support/fault-of.js'
import { noon, workerId } from '../support/payments-gate.js'

const perTenant = 'spiffe://prod.example/ns/{tenant}/sa/*'
const gate = gateBy([
  {
    identity: perTenant,
    allow: ['invoice:read'],
    trustSet: 'batch',
    where: { params: { tenant: '{tenant}' } },
  },
  { anyIdentity: true, deny: ['invoice:write'], notAfter: '2026-07-01T00:00:00Z' },
  { identity: `${workerId}2`, allow: ['invoice:read', 'invoice:write'] },
  { identity: workerId, allow: ['invoice:write'] },
])
const read = gate.permission('invoice:read')
const write = gate.permission('invoice:write')
const batch = { wording: 'the trust set "batch"', verdict: 'unmet' }
const tenant = 'the parameter "tenant" of the route to be the tenant of the identity'

t.test('says what would have to be added', async (t) => {
  const stranger = { ...workerIdentity, value: `${workerId}3/a` }
  const { permissions, text } = gate.explain(stranger, read)
  t.match(permissions, [{ wanted: { identity: `${workerId}3/a`, allow: ['invoice:read'] } }])
  t.equal(
    text,
    [
      `invoice:read is not granted to "${workerId}3/a"`,
      'grants for other peers that name it: 2',
      `a grant that would give it: {"identity":"${workerId}3/a","allow":["invoice:read"]}`,
    ].join('\n'),
  )
})

t.test('says which grants there are, which match, and on which conditions', async (t) => {
  t.strictSame(gate.explain(workerIdentity, read, { tenant: 'payments' }), {
    requirement: 'invoice:read',
    identity: workerId,
    outcome: 'unmet',
    permissions: [
      {
        permission: 'invoice:read',
        outcome: 'not-granted',
        grants: [
          {
            place: 'grants.0',
            effect: 'allow',
            peers: perTenant,
            matches: true,
            applies: false,
            conditions: [batch, { wording: tenant, verdict: 'met' }],
          },
          {
            place: 'grants.2',
            effect: 'allow',
            peers: `${workerId}2`,
            matches: false,
            applies: false,
            conditions: [],
          },
        ],
        // One without the set would let in the peers of every other.
        wanted: null,
      },
    ],
    text: [
      `invoice:read is not granted to "${workerId}"`,
      `grants.0 (${perTenant}) does not allow it: it needs the trust set "batch", which is not so`,
      'grants for other peers that name it: 1',
    ].join('\n'),
  })
})

t.test('says what cannot be told', async (t) => {
  const { text } = gate.explain({ ...workerIdentity, trustSet: null }, read)
  t.equal(
    text.split('\n')[1],
    `grants.0 (${perTenant}) does not allow it: it needs the trust set "batch", which cannot be told, and it needs ${tenant}, which cannot be told`,
  )
})

t.test('says which grant gives a permission', async (t) => {
  const given = gate.explain({ ...workerIdentity, trustSet: 'batch' }, read, { tenant: 'payments' })
  t.match(given.permissions, [{ outcome: 'granted', wanted: null }])
  t.equal(
    given.text,
    [
      `invoice:read is granted to "${workerId}"`,
      `grants.0 (${perTenant}) allows it`,
      'grants for other peers that name it: 1',
    ].join('\n'),
  )
})

t.test('says which grant denies, and that no other would help', async (t) => {
  const denied = gate.explain(workerIdentity, write)
  t.match(denied.permissions, [{ outcome: 'denied', wanted: null }])
  t.equal(
    denied.text,
    [
      `invoice:write is denied to "${workerId}"`,
      'grants.1 (any identity) denies it',
      `grants.3 (${workerId}) allows it`,
      'grants for other peers that name it: 1',
      'a denial wins over every grant; change grants.1',
    ].join('\n'),
  )
})

t.test('explains by the clock of the gate', async (t) => {
  const late = gateBy([
    { identity: workerId, allow: ['invoice:read'], notAfter: '2026-06-01T00:00:00Z' },
  ])
  t.match(late.explain(workerIdentity, late.permission('invoice:read')).text, 'which is not so')
  const broken = gateBy(
    [{ identity: workerId, allow: ['invoice:read'], notAfter: '2026-06-01T00:00:00Z' }],
    {
      clock() {
        throw new Error('the clock stands')
      },
    },
  )
  t.match(broken.explain(workerIdentity, broken.permission('invoice:read')).text, 'cannot be told')
  t.ok(noon > Date.UTC(2026, 5, 1))
})

t.test('explains every permission of a requirement, each once', async (t) => {
  const requirement = allOf(trustSet('payments'), anyOf(read, allOf(write, read)))
  const { requirement: written, permissions } = gate.explain(workerIdentity, requirement)
  t.equal(
    written,
    'allOf(trustSet(payments), anyOf(invoice:read, allOf(invoice:write, invoice:read)))',
  )
  t.match(permissions, [{ permission: 'invoice:read' }, { permission: 'invoice:write' }])
  t.equal(permissions.length, 2)
})

const isOwner = (): boolean => true

t.test('says of the whole requirement whether it is met', async (t) => {
  for (const [requirement, outcome] of [
    [write, 'unmet'],
    [trustSet('payments'), 'met'],
    [trustSet('batch'), 'unmet'],
    [minimumAssurance('proxy-verified'), 'met'],
    [minimumAssurance('tls'), 'unmet'],
    [publicRoute, 'met'],
    [when(isOwner), 'unknown'],
    [allOf(trustSet('payments'), when(isOwner)), 'unknown'],
    [allOf(trustSet('batch'), when(isOwner)), 'unmet'],
    [allOf(trustSet('payments'), minimumAssurance('proxy-verified')), 'met'],
    [anyOf(trustSet('payments'), when(isOwner)), 'met'],
    [anyOf(write, when(isOwner)), 'unknown'],
    [anyOf(write, trustSet('batch')), 'unmet'],
  ] as const) {
    const { requirement: written, outcome: found, text } = gate.explain(workerIdentity, requirement)
    t.equal(found, outcome, written)
    const words = {
      met: 'is met by',
      unmet: 'is not met by',
      unknown: 'is for a predicate or an engine',
    }
    if (requirement !== write) t.match(text.split('\n')[0], `${written} ${words[outcome]}`)
  }
})

t.test('writes a requirement as its author did', async (t) => {
  const conditions = [
    when(isOwner),
    when(
      (
        () => () =>
          true
      )(),
    ),
    minimumAssurance('tls'),
  ] as const
  const { requirement } = gate.explain(workerIdentity, allOf(authenticated, ...conditions))
  t.equal(
    requirement,
    'allOf(authenticated, when(isOwner), when(anonymous), minimumAssurance(tls))',
  )
  t.equal(gate.explain(workerIdentity, publicRoute).requirement, 'publicRoute')
})

t.test('says that no grant decides where no permission is named', async (t) => {
  t.strictSame(gate.explain(workerIdentity, authenticated), {
    requirement: 'authenticated',
    identity: workerId,
    outcome: 'met',
    permissions: [],
    text: `authenticated is met by "${workerId}"`,
  })
})

t.test('says where an engine decides', async (t) => {
  const denial = { identity: workerId, deny: ['invoice:write'] } as const
  const engine = gateBy([denial], { authorize: () => false })
  const read = engine.explain(workerIdentity, engine.permission('invoice:read'))
  t.match(read.permissions, [{ outcome: 'authorizer', wanted: null, grants: [] }])
  t.equal(read.text, `invoice:read is for the engine to decide, for "${workerId}"`)
  const write = engine.explain(workerIdentity, engine.permission('invoice:write'))
  t.match(write.permissions, [{ outcome: 'denied' }])
})

t.test('explains of an identity of another kind that no grant names it', async (t) => {
  const { permissions } = gate.explain({ ...workerIdentity, kind: 'dns' }, write)
  t.match(permissions, [
    {
      outcome: 'not-granted',
      grants: [{ matches: false }, { matches: false }, { matches: false }],
    },
  ])
})

t.test('explains no requirement that a route could not state', async (t) => {
  for (const [requirement, code] of [
    ['invoice:raed', 'ERR_PEERGATE_PERMISSION_UNKNOWN'],
    [allOf(read, 'invoice:raed' as never), 'ERR_PEERGATE_PERMISSION_UNKNOWN'],
    [{ permission: 'invoice:read' }, 'ERR_PEERGATE_OPTION_INVALID'],
    [undefined, 'ERR_PEERGATE_OPTION_INVALID'],
  ] as const) {
    const error = faultOf(() => gate.explain(workerIdentity, requirement as never))
    t.equal(error?.code, code)
  }
})
