import t from 'tap'
import { definePolicy } from '@peergate/core'
import type { Policy } from '@peergate/core'
import { gateBy, mayRead, workerIdentity } from '../support/decide-by.js'
import { faultOf } from '../support/fault-of.js'
import { workerId } from '../support/payments-gate.js'

const define = definePolicy as (options: unknown) => Policy
const allow = ['invoice:read']
const first = { identity: workerId, allow }

function withGrants(...grants: readonly unknown[]): unknown {
  return { identity: 'spiffe', permissions: ['invoice:read', 'invoice:write'], grants }
}

const notAfter = '2027-01-01T00:00:00Z'
const fingerprint256 = String(workerIdentity.fingerprint256)
const byCertificate = { fingerprint256, notAfter, allow }
const oneTarget = 'option "grants.1" must have one of identity, fingerprint256 and anyIdentity'
const noFingerprint =
  'option "grants.1.fingerprint256" must be a SHA-256 fingerprint: 64 hexadecimal digits, with colons or without'
const noMoment =
  'option "grants.1.notBefore" must be a moment with its offset, such as "2026-12-31T23:59:59Z"'
const repeated =
  'option "grants.1" names the same peers on the same conditions as "grants.0"; make them one'
const misspelt = 'which is not known; did you mean "invoice:read"?'

const faults: readonly (readonly [string, grant: unknown, fault: string, code?: string])[] = [
  ['no target', { allow }, oneTarget],
  ['two targets', { ...byCertificate, identity: workerId }, oneTarget],
  ['an identity and any', { ...first, anyIdentity: true }, oneTarget],
  [
    'an anyIdentity that is not true',
    { anyIdentity: false, allow },
    'option "grants.1.anyIdentity" must be true',
  ],
  [
    'no effect',
    { identity: workerId },
    'option "grants.1" must allow or deny something, or name a role',
  ],
  ...(['allow', 'deny', 'roles'] as const).map(
    (list) =>
      [
        `an empty list: ${list}`,
        { ...first, [list]: [] },
        `option "grants.1.${list}" must name at least one`,
      ] as const,
  ),
  [
    'a denial of what it allows',
    { ...first, deny: ['invoice:write', 'invoice:read'] },
    'option "grants.1" allows and denies "invoice:read"; it must do one of them',
  ],
  [
    'a denial that repeats itself',
    { anyIdentity: true, deny: ['invoice:read', 'invoice:read'] },
    'option "grants.1.deny.1" names "invoice:read" twice',
  ],
  [
    'a denial that a weaker assurance escapes',
    { anyIdentity: true, deny: allow, minimumAssurance: 'tls' },
    'option "grants.1.minimumAssurance" must not stand with deny, which whoever is known with less assurance would escape',
  ],
  [
    'a misspelt permission to deny',
    { anyIdentity: true, deny: ['invoice:raed'] },
    `option "grants.1.deny.0" names the permission "invoice:raed", ${misspelt}`,
    'ERR_PEERGATE_PERMISSION_UNKNOWN',
  ],
  [
    'a fingerprint without an end',
    { fingerprint256, allow },
    'option "grants.1.fingerprint256" is for one certificate, which ends: give the grant a notAfter',
  ],
  ['a SHA-1 fingerprint', { ...byCertificate, fingerprint256: 'AB'.repeat(20) }, noFingerprint],
  [
    'a fingerprint of other letters',
    { ...byCertificate, fingerprint256: 'GG'.repeat(32) },
    noFingerprint,
  ],
  [
    'colons in other places',
    { ...byCertificate, fingerprint256: `A:${'BA'.repeat(31)}B` },
    noFingerprint,
  ],
  [
    'a fingerprint and more',
    { ...byCertificate, fingerprint256: `${fingerprint256}\n` },
    noFingerprint,
  ],
  ['a moment without an offset', { ...first, notBefore: '2026-12-31T23:59:59' }, noMoment],
  ['a day', { ...first, notBefore: '2026-12-31' }, noMoment],
  ['a day that there is not', { ...first, notBefore: '2026-02-30T00:00:00Z' }, noMoment],
  ['a moment that is a number', { ...first, notBefore: 0 }, noMoment],
  [
    'an assurance that there is not',
    { ...first, minimumAssurance: 'TLS' },
    'option "grants.1.minimumAssurance" must be "tls" or "proxy-verified" or "proxy-asserted"; did you mean "tls"?',
  ],
  [
    'an empty trust set',
    { ...first, trustSet: '' },
    'option "grants.1.trustSet" must not be empty',
  ],
  [
    'a trust set that is undefined',
    { ...first, trustSet: undefined },
    'option "grants.1.trustSet" is missing or undefined',
  ],
  [
    'a pattern of no kind',
    { ...first, identity: 'spiffe://prod.example/**/sa' },
    'option "grants.1.identity" is no pattern: ** must be the last segment: "spiffe://prod.example/**/sa"; write it like spiffe://prod.example/ns/payments/sa/* or spiffe://prod.example/ns/payments/**',
    'ERR_PEERGATE_PATTERN_INVALID',
  ],
  ['the same peers twice', { identity: workerId, deny: ['invoice:write'] }, repeated],
  ['the same grant twice', first, repeated],
]

for (const [name, grant, fault, code = 'ERR_PEERGATE_OPTION_INVALID'] of faults) {
  t.test(`refuses a grant with ${name}`, async (t) => {
    const error = faultOf(() => define(withGrants(first, grant)))
    t.equal(error?.code, code)
    t.equal(error?.detail, `definePolicy: ${fault}`)
  })
}

const twins: readonly (readonly [string, one: object, other: object])[] = [
  ['any identity', { anyIdentity: true }, { anyIdentity: true }],
  [
    'two spellings of a fingerprint',
    byCertificate,
    { fingerprint256: fingerprint256.toLowerCase().replaceAll(':', ''), notAfter },
  ],
  [
    'two spellings of a moment',
    { identity: workerId, notAfter },
    { identity: workerId, notAfter: '2027-01-01T01:00:00.000+01:00' },
  ],
  [
    'two orders of parameters',
    { anyIdentity: true, where: { params: { a: 'x', b: 'y' } } },
    { anyIdentity: true, where: { params: { b: 'y', a: 'x' } } },
  ],
]

for (const [name, one, other] of twins) {
  t.test(`finds a grant that stands twice by ${name}`, async (t) => {
    const error = faultOf(() => define(withGrants({ allow, ...one }, { allow, ...other })))
    t.equal(error?.detail, `definePolicy: ${repeated}`)
  })
}

t.test('takes the same peers on other conditions', async (t) => {
  const others = [
    { trustSet: 'payments' },
    { trustSet: 'batch' },
    { minimumAssurance: 'tls' },
    { notAfter },
    { notBefore: notAfter },
    { where: { params: { a: 'x' } } },
    { where: { params: { a: 'y' } } },
    { where: { params: { b: 'x' } } },
  ]
  const grants = others.map((condition) => Object.assign(condition, first))
  t.equal(define(withGrants(first, ...grants)).grants.length, 9)
})

t.test('denies what another grant allows, in either order', async (t) => {
  const denial = {
    identity: 'spiffe://prod.example/ns/payments/**',
    deny: ['invoice:read'],
  } as const
  const grants = [
    { identity: workerId, allow: ['invoice:read'] },
    { anyIdentity: true, allow: ['invoice:read'] },
  ] as const
  for (const order of [
    [denial, ...grants],
    [...grants, denial],
  ]) {
    t.match(mayRead(gateBy(order)), { allowed: false, reason: 'denied', grant: denial.identity })
  }
})

t.test('names the first of the grants that deny', async (t) => {
  const gate = gateBy([
    { anyIdentity: true, deny: ['invoice:read'], where: { params: { id: '1' } } },
    { identity: workerId, deny: ['invoice:read'] },
  ])
  t.match(mayRead(gate, {}, { id: '1' }), { grant: 'any identity' })
  t.match(mayRead(gate, {}, { id: '2' }), { grant: workerId })
})

t.test('gives to any identity, and to none of another kind', async (t) => {
  const gate = gateBy([{ anyIdentity: true, allow: ['invoice:read'] }])
  t.match(mayRead(gate, { value: 'spiffe://prod.example/x' }), { grant: 'any identity' })
  t.match(mayRead(gate, { kind: 'dns' }), { allowed: false, reason: 'not-granted' })
})

t.test('takes no identity for a pattern', async (t) => {
  const gate = gateBy([{ identity: workerId, allow: ['invoice:read'] }])
  for (const value of [
    'spiffe://prod.example/ns/payments/sa/*',
    'spiffe://prod.example/**',
    'spiffe://prod.example/ns/payments/sa/{name}',
    '*',
    '**',
  ]) {
    t.equal(mayRead(gate, { value }).allowed, false, value)
  }
})
