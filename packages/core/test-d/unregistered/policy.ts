import { definePolicy } from '@peergate/core'
import type { Grant, Policy } from '@peergate/core'
import { expectTrue } from '../equals.js'
import type { Equals } from '../equals.js'

const policy = definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
  grants: [{ identity: 'spiffe://prod.example/ns/payments/sa/*', allow: ['invoice:read'] }],
})

// A policy knows its kind and its vocabulary, without `as const`.
expectTrue<Equals<typeof policy, Policy<'spiffe', 'invoice:read' | 'invoice:write'>>>()

// The vocabulary comes from `permissions` alone: a grant does not add to it.
definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read'],
  // @ts-expect-error -- misspelt
  grants: [{ identity: 'spiffe://prod.example/a', allow: ['invoice:raed'] }],
})

definePolicy({
  // @ts-expect-error -- no kind of identity
  identity: 'serial',
  permissions: ['invoice:read'],
  grants: [],
})

definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read'],
  // @ts-expect-error -- `alow` is no option
  grants: [{ identity: 'spiffe://prod.example/a', alow: ['invoice:read'] }],
})

// @ts-expect-error -- half a policy
definePolicy({ identity: 'spiffe', grants: [] })

// Where an external engine decides, there may be no grant.
definePolicy({ identity: 'spiffe', permissions: ['invoice:read'] })

// Any policy is a Policy, and nothing in it can be changed.
export const anyPolicy: Policy = policy
expectTrue<Equals<Policy['grants'], readonly Grant<string, string>[]>>()
// @ts-expect-error -- read-only
policy.identity = 'spiffe'
// @ts-expect-error -- read-only
policy.permissions.push('invoice:read')
// @ts-expect-error -- read-only
policy.grants[0]?.allow.push('invoice:read')

// A vocabulary that is not known before run time is any text.
declare const loaded: string[]
const dynamic = definePolicy({ identity: 'dns', permissions: loaded, grants: [] })
expectTrue<Equals<typeof dynamic, Policy<'dns'>>>()

// A grant names its peers in one way, and may use every part of the policy's own vocabulary.
const identity = 'spiffe://prod.example/a'
const fingerprint256 = 'AB'.repeat(32)
const whole = definePolicy({
  identity: 'spiffe',
  permissions: { 'invoice:read': 'Read invoices', 'invoice:write': 'Change them' },
  roles: { clerk: { allow: ['invoice:read'] }, chief: { roles: ['clerk'] } },
  grants: [
    { identity, roles: ['clerk', 'chief'], deny: ['invoice:write'], where: { params: { a: 'b' } } },
    { anyIdentity: true, deny: ['invoice:write'] },
    { fingerprint256, allow: ['invoice:read'], notAfter: '2026-12-31T23:59:59Z' },
  ],
})
expectTrue<Equals<typeof whole, Policy<'spiffe', 'invoice:read' | 'invoice:write'>>>()

const vocabulary = { identity: 'spiffe', permissions: ['invoice:read'] } as const
// @ts-expect-error -- misspelt
definePolicy({ ...vocabulary, grants: [{ identity, deny: ['invoice:raed'] }] })
// @ts-expect-error -- misspelt in a role
definePolicy({ ...vocabulary, roles: { clerk: { allow: ['invoice:raed'] } } })
definePolicy({
  ...vocabulary,
  roles: { clerk: { allow: ['invoice:read'] } },
  // @ts-expect-error -- no role of the policy
  grants: [{ identity, roles: ['clark'] }],
})
// @ts-expect-error -- there are no roles
definePolicy({ ...vocabulary, grants: [{ identity, roles: ['clerk'] }] })
// @ts-expect-error -- two targets
definePolicy({ ...vocabulary, grants: [{ identity, anyIdentity: true, allow: ['invoice:read'] }] })
// @ts-expect-error -- no target
definePolicy({ ...vocabulary, grants: [{ allow: ['invoice:read'] }] })
// @ts-expect-error -- a fingerprint without an end
definePolicy({ ...vocabulary, grants: [{ fingerprint256, allow: ['invoice:read'] }] })
// @ts-expect-error -- any identity or none
definePolicy({ ...vocabulary, grants: [{ anyIdentity: false, allow: ['invoice:read'] }] })
