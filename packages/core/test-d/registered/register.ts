import {
  allOf,
  anyOf,
  authenticated,
  createPeerGate,
  definePolicy,
  publicRoute,
  socketSource,
  spiffe,
  trustSet,
  withShadow,
} from '@peergate/core'
import type {
  ClientIdentity,
  PeerGate,
  Policy,
  RegisteredPermission,
  Requirement,
} from '@peergate/core'
import { expectTrue } from '../equals.js'
import type { Equals } from '../equals.js'

const policy = definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
  grants: [{ identity: 'spiffe://prod.example/ns/payments/sa/*', allow: ['invoice:read'] }],
})

declare module '@peergate/core' {
  interface Register {
    policy: typeof policy
  }
}

const gate = createPeerGate({
  source: socketSource(),
  identity: spiffe({ trustDomain: 'prod.example' }),
  policy,
})

// One registration, and every bare tag is checked everywhere.
expectTrue<Equals<RegisteredPermission, 'invoice:read' | 'invoice:write'>>()
export const bare: Requirement = 'invoice:read'
gate.guard('invoice:write')
// @ts-expect-error -- misspelt
gate.guard('invoice:raed')
// @ts-expect-error -- misspelt
export const misspelt: Requirement = 'invoice:raed'
declare const text: string
// @ts-expect-error -- not known to be one of the vocabulary
gate.guard(text)

// The other requirements are there as before.
gate.guard(authenticated)
gate.guard(gate.permission('invoice:read'))
// @ts-expect-error -- misspelt
gate.permission('invoice:raed')

// Bare tags are checked among several requirements too.
gate.guard(allOf('invoice:read', trustSet('payments')))
gate.guard(allOf(trustSet('payments'), allOf('invoice:read', gate.permission('invoice:write'))))
export const several: Requirement = allOf('invoice:read', authenticated)
// @ts-expect-error -- misspelt
allOf('invoice:raed', trustSet('payments'))
// @ts-expect-error -- misspelt
allOf(trustSet('payments'), 'invoice:raed')
// @ts-expect-error -- misspelt
allOf(trustSet('payments'), allOf('invoice:read', 'invoice:raed'))
// @ts-expect-error -- public, and more than that
allOf('invoice:read', publicRoute)
gate.guard(anyOf('invoice:read', 'invoice:write'))
gate.guard(anyOf('invoice:read', allOf('invoice:write', trustSet('payments'))))
// @ts-expect-error -- misspelt
anyOf('invoice:read', 'invoice:wirte')
// @ts-expect-error -- misspelt
anyOf('invoice:read', allOf('invoice:wirte', trustSet('payments')))
// @ts-expect-error -- misspelt
allOf(trustSet('payments'), anyOf('invoice:raed', 'invoice:write'))

// What is asked of a gate about its policy is checked alike.
declare const client: ClientIdentity
gate.explain(client, 'invoice:read')
// @ts-expect-error -- misspelt
gate.explain(client, 'invoice:raed')
gate.setPolicy(policy)
declare const wider: Policy<'spiffe', 'invoice:read' | 'invoice:write' | 'invoice:void'>
gate.setPolicy(wider)

// Adapters take any gate, and the bare tags of the registered policy with it.
export function state({ guard }: PeerGate): void {
  guard('invoice:read')
}
state(gate)

// What is only tried is checked as what is demanded.
gate.guard(withShadow('invoice:read', allOf('invoice:read', trustSet('payments'))))
gate.guard(withShadow(publicRoute, 'invoice:write'))
export const tried: Requirement = withShadow(authenticated, anyOf('invoice:read', 'invoice:write'))
// @ts-expect-error -- misspelt
withShadow('invoice:raed', 'invoice:read')
// @ts-expect-error -- misspelt
withShadow(authenticated, 'invoice:raed')
// @ts-expect-error -- misspelt
withShadow(authenticated, allOf('invoice:raed', trustSet('payments')))
gate.setShadowPolicy(policy)
gate.setShadowPolicy(wider)
gate.setShadowPolicy(null)
