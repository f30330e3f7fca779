import { createPeerGate, dnsSan, policyFile, socketSource, spiffe } from '@peergate/core'
import type { PeerGate, PolicyFile, RegisteredPermission, Requirement } from '@peergate/core'
import { expectTrue } from '../equals.js'
import type { Equals } from '../equals.js'

type Permission = 'invoice:read' | 'invoice:write'

const policy = policyFile({
  path: 'policy.yaml',
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
})

declare module '@peergate/core' {
  interface Register {
    policy: typeof policy
  }
}

// A policy file knows the kind and the permissions that the code names, without `as const`.
expectTrue<Equals<typeof policy, PolicyFile<'spiffe', Permission>>>()
expectTrue<Equals<RegisteredPermission, Permission>>()

const source = socketSource()
const gate = createPeerGate({ source, identity: spiffe({ trustDomain: 'prod.example' }), policy })
expectTrue<Equals<typeof gate, PeerGate<Permission>>>()

export const read: Requirement = 'invoice:read'

// @ts-expect-error -- misspelt
export const misspelt: Requirement = 'invoice:raed'

// @ts-expect-error -- the rule reads another kind than the file grants to
createPeerGate({ source, identity: dnsSan(), policy })

// @ts-expect-error -- no kind of identity
policyFile({ path: 'policy.yaml', identity: 'serial', permissions: [] })
