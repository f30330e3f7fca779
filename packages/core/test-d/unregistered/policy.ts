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
