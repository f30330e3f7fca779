import {
  allOf,
  anyOf,
  authenticated,
  createPeerGate,
  definePolicy,
  dnsSan,
  publicRoute,
  socketSource,
  spiffe,
  trustSet,
  when,
  withShadow,
} from '@peergate/core'
import type {
  ClientIdentity,
  IdentityRule,
  PeerGate,
  PermissionRequirement,
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
const source = socketSource()
const identity = spiffe({ trustDomain: 'prod.example' })
const gate = createPeerGate({ source, identity, policy })

expectTrue<Equals<typeof gate, PeerGate<'invoice:read' | 'invoice:write'>>>()

// The policy must grant to the kind of identity that the rule reads.
// @ts-expect-error -- the policy is one of spiffe
createPeerGate({ source, identity: dnsSan(), policy })
declare const someRule: IdentityRule
createPeerGate({ source, identity: someRule, policy })
// @ts-expect-error -- not an option
createPeerGate({ source, identity, policy, now: Date.now })
// @ts-expect-error -- a clock gives a number
createPeerGate({ source, identity, policy, clock: () => new Date() })

// Without registration no bare tag compiles, in no place where a requirement is stated.
expectTrue<Equals<RegisteredPermission, never>>()
// @ts-expect-error -- not registered
export const bare: Requirement = 'invoice:read'
// @ts-expect-error -- not registered
gate.guard('invoice:read')

// What the gate makes is typed by its own policy.
const mayRead = gate.permission('invoice:read')
expectTrue<Equals<typeof mayRead, PermissionRequirement<'invoice:read'>>>()
gate.guard(mayRead)
gate.guard(authenticated)
gate.guard(publicRoute)
// @ts-expect-error -- misspelt
gate.permission('invoice:raed')
declare const text: string
// @ts-expect-error -- not known to be one of the vocabulary
gate.permission(text)

// Several requirements are one, in any depth.
gate.guard(trustSet('payments'))
gate.guard(allOf(mayRead, trustSet('payments')))
gate.guard(allOf(authenticated, allOf(trustSet('payments'), gate.permission('invoice:write'))))
// @ts-expect-error -- not registered
allOf('invoice:read', trustSet('payments'))
// @ts-expect-error -- misspelt
allOf(gate.permission('invoice:raed'), trustSet('payments'))
// @ts-expect-error -- no requirement
allOf()
// @ts-expect-error -- public, and more than that
allOf(mayRead, publicRoute)
// @ts-expect-error -- a list
allOf([mayRead])
// @ts-expect-error -- made by hand
allOf({ trustSet: 'payments' })
// @ts-expect-error -- without a name
trustSet()
// @ts-expect-error -- several names
trustSet(['payments', 'batch'])

// Only a gate makes requirements.
// @ts-expect-error -- made by hand
gate.guard({ permission: 'invoice:read' })
// @ts-expect-error -- one requirement is not another
export const open: typeof publicRoute = authenticated
// @ts-expect-error -- nothing
gate.guard(undefined)

// `PeerGate` is any gate; a gate of one vocabulary is not one of a larger.
export const anyGate: PeerGate = gate
export const smaller: PeerGate<'invoice:read'> = gate
// @ts-expect-error -- the policy does not know admin:reindex
export const larger: PeerGate<'invoice:read' | 'admin:reindex'> = gate
// @ts-expect-error -- any gate: no tag is known to be in its vocabulary
anyGate.permission('invoice:read')
anyGate.guard(mayRead)

// A decision may have to be waited for, and tells its reason only with its outcome.
// @ts-expect-error -- it may be a promise
export const early: boolean = gate.guard(mayRead)(gate.admit({})).allowed
const decision = await gate.guard(mayRead)(gate.admit({}), {}, {})
if (decision.allowed) expectTrue<Equals<typeof decision.grant, string | null>>()
else
  expectTrue<
    Equals<
      typeof decision.reason,
      | 'refused'
      | 'not-granted'
      | 'denied'
      | 'trust-set-mismatch'
      | 'assurance-too-low'
      | 'condition-unmet'
      | 'authorizer-denied'
      | 'faulty'
    >
  >()
declare const identityOf: ClientIdentity
declare const isOwner: (identity: ClientIdentity, request: { readonly url: string }) => boolean
gate.guard(when(isOwner))
gate.guard(
  anyOf(
    mayRead,
    allOf(
      authenticated,
      when(async () => true),
    ),
  ),
)
// @ts-expect-error -- no boolean
when(() => 'yes')
// @ts-expect-error -- not called yet
when(isOwner(identityOf, { url: '/' }))
// @ts-expect-error -- no requirement
anyOf()
// @ts-expect-error -- public, and more than that
anyOf(mayRead, publicRoute)
// @ts-expect-error -- an allowed decision has no error
export const error: unknown = decision.error

// An engine is asked about the permissions of the policy, and gives a boolean or a promise of one.
createPeerGate({
  source,
  identity,
  policy,
  authorize({ permission }) {
    expectTrue<Equals<typeof permission, 'invoice:read' | 'invoice:write'>>()
    return true
  },
})
// @ts-expect-error -- no boolean
createPeerGate({ source, identity, policy, authorize: () => 'yes' })

// Another policy may take the place of this one, with more permissions or other grants. Whether it has
// what the routes need is found when it is set.
gate.setPolicy(policy)
declare const wider: Policy<'spiffe', 'invoice:read' | 'invoice:write' | 'invoice:void'>
gate.setPolicy(wider)
declare const loaded: Policy
gate.setPolicy(loaded)
// @ts-expect-error -- options of a policy, and none that definePolicy has checked
gate.setPolicy({ identity: 'spiffe', permissions: ['invoice:read'], grants: [] })

// What is only tried is stated at the top, and denies somebody.
gate.guard(withShadow(publicRoute, mayRead))
gate.guard(withShadow(mayRead, allOf(mayRead, trustSet('payments'))))
// @ts-expect-error -- not registered
withShadow(authenticated, 'invoice:read')
// @ts-expect-error -- denies nobody
withShadow(mayRead, publicRoute)
// @ts-expect-error -- nothing is proposed
withShadow(mayRead)
// @ts-expect-error -- one within another
withShadow(withShadow(authenticated, mayRead), mayRead)
// @ts-expect-error -- within another requirement
allOf(withShadow(authenticated, mayRead), trustSet('payments'))
// @ts-expect-error -- within another requirement
anyOf(withShadow(authenticated, mayRead))

// A shadow policy is one of the same kind, of any vocabulary.
declare const tried: Policy<'spiffe', 'invoice:void'>
declare const ofHosts: Policy<'dns', 'invoice:read'>
createPeerGate({ source, identity, policy, shadow: tried })
// @ts-expect-error -- the shadow is one of dns
createPeerGate({ source, identity, policy, shadow: ofHosts })
// @ts-expect-error -- no policy
createPeerGate({ source, identity, policy, shadow: null })
gate.setShadowPolicy(null)
// @ts-expect-error -- null takes it away
gate.setShadowPolicy(undefined)
