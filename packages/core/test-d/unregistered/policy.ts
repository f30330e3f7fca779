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

// Wherever a permission or a role is named, a misspelt one does not compile; with the fix, all of it does.
definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
  roles: {
    // @ts-expect-error -- misspelt
    reader: { allow: ['invoice:raed'] },
    // @ts-expect-error -- misspelt
    clerk: { allow: ['invoice:write'], roles: ['raeder'] },
  },
  grants: [
    // @ts-expect-error -- misspelt
    { identity: 'spiffe://prod.example/a', deny: ['invoice:wirte'] },
    // @ts-expect-error -- misspelt
    { identity: 'spiffe://prod.example/b', roles: ['clrek'] },
    // @ts-expect-error -- misspelt
    { anyIdentity: true, allow: ['invoice:raed'] },
  ],
})
definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
  roles: {
    reader: { allow: ['invoice:read'] },
    clerk: { allow: ['invoice:write'], roles: ['reader'] },
  },
  grants: [
    { identity: 'spiffe://prod.example/a', deny: ['invoice:write'] },
    { identity: 'spiffe://prod.example/b', roles: ['clerk'] },
    { anyIdentity: true, allow: ['invoice:read'] },
  ],
})

// A vocabulary with descriptions is as closed as a list.
const described = definePolicy({
  identity: 'spiffe',
  permissions: { 'invoice:read': 'read any invoice', 'invoice:write': 'write invoices' },
  grants: [{ identity: 'spiffe://prod.example/a', allow: ['invoice:read'] }],
})
expectTrue<Equals<typeof described, Policy<'spiffe', 'invoice:read' | 'invoice:write'>>>()
definePolicy({
  identity: 'spiffe',
  permissions: { 'invoice:read': 'read any invoice' },
  // @ts-expect-error -- misspelt
  grants: [{ identity: 'spiffe://prod.example/a', allow: ['invoice:raed'] }],
})

// A grant names its peers in one way.
definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read'],
  // @ts-expect-error -- in two ways
  grants: [{ identity: 'spiffe://prod.example/a', anyIdentity: true, allow: ['invoice:read'] }],
})
definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read'],
  // @ts-expect-error -- one certificate ends
  grants: [{ fingerprint256: 'AA', allow: ['invoice:read'] }],
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
// The grants can be left to an engine.
definePolicy({ identity: 'spiffe', permissions: ['invoice:read'] })

// Any policy is a Policy, and nothing in it can be changed.
export const anyPolicy: Policy = policy
expectTrue<Equals<Policy['grants'], readonly Grant<string, string>[]>>()
// @ts-expect-error -- read-only
policy.identity = 'spiffe'
// @ts-expect-error -- read-only
policy.permissions.push('invoice:read')
// @ts-expect-error -- read-only
policy.grants[0]?.allow?.push('invoice:read')

// A vocabulary that is not known before run time is any text.
declare const loaded: string[]
const dynamic = definePolicy({ identity: 'dns', permissions: loaded, grants: [] })
expectTrue<Equals<typeof dynamic, Policy<'dns'>>>()
