import t from 'tap'
import { createPeerGate, definePolicy } from '@peergate/core'
import type { Policy } from '@peergate/core'
import { faultOf } from '../support/fault-of.js'
import { fixedSource } from '../support/fixed-source.js'
import { noon, worker, workerId, workloads } from '../support/payments-gate.js'

const define = definePolicy as (options: unknown) => Policy
const grant = { identity: workerId, allow: ['invoice:read'] }
const options = {
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
  grants: [grant],
}

const invalid = 'ERR_PEERGATE_OPTION_INVALID'
const unknown = 'ERR_PEERGATE_PERMISSION_UNKNOWN'
const kinds = 'must be "spiffe" or "uri" or "dns" or "ip" or "email" or "upn" or "commonName"'
const printable = 'must be printable ASCII without spaces, such as "invoice:read"'
const repeated = 'names the same peers on the same conditions as "grants.0"; make them one'
const nothing = 'must name at least one'

const faultyPolicies: readonly (readonly [string, unknown, code: string, fault: string])[] = [
  ['no options', undefined, invalid, 'the options must be of the type object'],
  [
    'nothing in the options',
    {},
    invalid,
    'option "identity" is missing or undefined; option "permissions" is missing or undefined',
  ],
  ['another kind', { ...options, identity: 'serial' }, invalid, `option "identity" ${kinds}`],
  [
    'a misspelt kind',
    { ...options, identity: 'SPIFE' },
    invalid,
    `option "identity" ${kinds}; did you mean "spiffe"?`,
  ],
  [
    'a kind of the prototype',
    { ...options, identity: 'valueOf' },
    invalid,
    `option "identity" ${kinds}`,
  ],
  [
    'a misspelt option',
    { ...options, grant: [] },
    invalid,
    'option "grant" is not known; did you mean "grants"?',
  ],
  [
    'a misspelt option of a grant',
    { ...options, grants: [grant, { ...grant, alow: [] }] },
    invalid,
    'option "grants.1.alow" is not known; did you mean "allow"?',
  ],
  ['no vocabulary', { ...options, permissions: [] }, invalid, `option "permissions" ${nothing}`],
  [
    'a text for a list',
    { ...options, permissions: 'a' },
    invalid,
    'option "permissions" must be of the type record',
  ],
  [
    'an empty permission',
    { ...options, permissions: [''] },
    invalid,
    `option "permissions.0" ${printable}`,
  ],
  [
    'a permission with a space',
    { ...options, permissions: ['a b'] },
    invalid,
    `option "permissions.0" ${printable}`,
  ],
  [
    'a permission with a line',
    { ...options, permissions: ['a\n'] },
    invalid,
    `option "permissions.0" ${printable}`,
  ],
  [
    'a permission in other letters',
    { ...options, permissions: ['a', 'аdmin'] },
    invalid,
    `option "permissions.1" ${printable}`,
  ],
  [
    'a permission that is no text',
    { ...options, permissions: [1] },
    invalid,
    'option "permissions.0" must be of the type string',
  ],
  [
    'a permission twice',
    { ...options, permissions: ['invoice:read', 'invoice:read'] },
    invalid,
    'option "permissions.1" names "invoice:read" twice',
  ],
  [
    'no grants',
    { ...options, grants: [] },
    invalid,
    'option "grants" must hold at least one grant',
  ],
  [
    'a grant that is null',
    { ...options, grants: [null] },
    invalid,
    'option "grants.0" must be of the type object',
  ],
  [
    'a grant of nothing',
    { ...options, grants: [{ ...grant, allow: [] }] },
    invalid,
    `option "grants.0.allow" ${nothing}`,
  ],
  [
    'a grant that repeats itself',
    {
      ...options,
      grants: [grant, { identity: `${workerId}2`, allow: ['invoice:read', 'invoice:read'] }],
    },
    invalid,
    'option "grants.1.allow.1" names "invoice:read" twice',
  ],
  [
    'a pattern twice',
    { ...options, grants: [grant, grant] },
    invalid,
    `option "grants.1" ${repeated}`,
  ],
  [
    'two spellings of a pattern',
    {
      ...options,
      identity: 'dns',
      grants: [
        { ...grant, identity: 'worker.example' },
        { ...grant, identity: 'Worker.Example' },
      ],
    },
    invalid,
    `option "grants.1" ${repeated}`,
  ],
  [
    'a misspelt permission in a grant',
    { ...options, grants: [{ ...grant, allow: ['invoice:raed'] }] },
    unknown,
    'option "grants.0.allow.0" names the permission "invoice:raed", which is not known; did you mean "invoice:read"?',
  ],
  [
    'a permission of nowhere in a grant',
    {
      ...options,
      grants: [grant, { identity: `${workerId}2`, allow: ['invoice:read', 'toString'] }],
    },
    unknown,
    'option "grants.1.allow.1" names the permission "toString", which is not known',
  ],
]

for (const [name, given, code, fault] of faultyPolicies) {
  t.test(`refuses ${name}`, async (t) => {
    const error = faultOf(() => define(given))
    t.equal(error?.code, code)
    t.equal(error?.detail, `definePolicy: ${fault}`)
  })
}

t.test('refuses a grant whose pattern is not of the policy’s kind', async (t) => {
  const error = faultOf(() => define({ ...options, grants: [{ ...grant, identity: '' }] }))
  t.equal(error?.code, 'ERR_PEERGATE_PATTERN_INVALID')
  const foreign = { ...grant, identity: 'worker.example' }
  const other = faultOf(() => define({ ...options, grants: [foreign] }))
  t.equal(other?.code, 'ERR_PEERGATE_PATTERN_INVALID')
})

t.test('gives back what was stated, frozen through and through', async (t) => {
  const policy = define(options)
  const descriptions = { 'invoice:read': null, 'invoice:write': null }
  t.strictSame(policy, { ...options, descriptions, roles: {} })
  t.ok(Object.isFrozen(policy))
  t.ok(Object.isFrozen(policy.permissions))
  t.ok(Object.isFrozen(policy.grants))
  t.ok(Object.isFrozen(policy.grants[0]))
  t.ok(Object.isFrozen(policy.grants[0]?.allow))
})

t.test('describes its permissions, if it is told how', async (t) => {
  const permissions = { 'invoice:read': 'Read invoices', constructor: 'Make them' }
  const policy = define({ ...options, permissions })
  t.strictSame(policy.permissions, ['invoice:read', 'constructor'])
  t.strictSame(policy.descriptions, permissions)
  t.ok(Object.isFrozen(policy.descriptions))
})

const describing: readonly (readonly [string, permissions: unknown, fault: string])[] = [
  ['no permission', {}, 'option "permissions" must name at least one'],
  [
    'an empty description',
    { 'invoice:read': '' },
    'option "permissions.invoice:read" must say what the permission is for',
  ],
  [
    'a description that is no text',
    { 'invoice:read': null },
    'option "permissions.invoice:read" must be of the type string',
  ],
  [
    'a permission with a space',
    { 'invoice read': 'a' },
    `option "permissions.invoice read" ${printable}`,
  ],
  [
    'a permission called __proto__',
    JSON.parse('{"invoice:read":"a","__proto__":"b"}'),
    'option "permissions.__proto__" must have another name',
  ],
]

for (const [name, permissions, fault] of describing) {
  t.test(`refuses to describe ${name}`, async (t) => {
    const error = faultOf(() => define({ ...options, permissions }))
    t.equal(error?.code, invalid)
    t.equal(error?.detail, `definePolicy: ${fault}`)
  })
}

t.test('stays as it was stated, whatever becomes of the options', async (t) => {
  const allow = ['invoice:read']
  const permissions = ['invoice:read', 'invoice:write']
  const grants = [{ identity: workerId, allow }]
  const stated = { identity: 'spiffe', permissions, grants }
  const policy = define(stated) as Policy<'spiffe'>
  const source = fixedSource
  const gate = createPeerGate({ source, identity: workloads, policy, clock: () => noon })

  allow.push('invoice:write')
  permissions.push('admin:reindex')
  grants.push({ identity: `${workerId}2`, allow })
  Object.assign(grants[0] ?? {}, { identity: 'spiffe://prod.example/**' })
  stated.identity = 'dns'
  t.match(policy, { ...options, grants: [grant] })
  t.equal(policy.grants.length, 1)
  const decision = gate.guard(gate.permission('invoice:write'))(gate.admit(worker))
  t.match(decision, { allowed: false })
  t.equal(faultOf(() => gate.permission('admin:reindex'))?.code, 'ERR_PEERGATE_PERMISSION_UNKNOWN')
})

t.test('knows permissions that are called like members of the prototype', async (t) => {
  const permissions = ['__proto__', 'constructor', 'toString']
  const allow = ['__proto__']
  const policy = define({ identity: 'spiffe', permissions, grants: [{ ...grant, allow }] })
  const gate = createPeerGate({
    source: fixedSource,
    identity: workloads,
    policy: policy as Policy<'spiffe'>,
    clock: () => noon,
  })
  const decisions = permissions.map((tag) => gate.guard(gate.permission(tag))(gate.admit(worker)))
  t.match(decisions, [{ allowed: true }, { allowed: false }, { allowed: false }])
})
