import {
  allOf,
  anyOf,
  createPeerGate,
  definePolicy,
  socketSource,
  spiffe,
  trustSet,
  withShadow,
} from '@peergate/core'
import { requirePermission, when } from '@peergate/express'
import express from 'express'
import type { Request } from 'express'

export const policy = definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
  grants: [{ identity: 'spiffe://prod.example/*', allow: ['invoice:read'] }],
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

const app = express()
app.get('/tag', requirePermission(gate, 'invoice:read'))
app.get('/made', requirePermission(gate, gate.permission('invoice:write')))
app.get('/set', requirePermission(gate, allOf('invoice:read', trustSet('payments'))))

const either = anyOf('invoice:read', allOf('invoice:write', trustSet('payments')))
app.get('/either', requirePermission(gate, either))
app.get('/nested', requirePermission(gate, allOf(trustSet('payments'), either)))

// A predicate is given the request with the type that it asks for.
const isOwn = when((identity, req: Request<{ id: string }>) =>
  identity.value.endsWith(req.params.id),
)
const isGet = when(async (_identity, { method }) => Promise.resolve(method === 'GET'))
app.get('/own/:id', requirePermission(gate, allOf('invoice:read', isOwn, isGet)))
// @ts-expect-error -- the parameters are not known
when((_identity, req) => req.params.id === '1')
// @ts-expect-error -- no boolean
when((identity) => identity.value)

// A misspelt tag does not compile, wherever it stands.
// @ts-expect-error
app.get('/misspelt', requirePermission(gate, anyOf('invoice:raed', 'invoice:write')))
// @ts-expect-error
app.get('/misspelt', requirePermission(gate, allOf(anyOf('invoice:raed'), trustSet('payments'))))
// @ts-expect-error
app.get('/misspelt', requirePermission(gate, allOf('invoice:raed', trustSet('payments'))))
// @ts-expect-error
app.get('/misspelt', requirePermission(gate, 'invoice:raed'))
// @ts-expect-error
gate.permission('invoice:raed')

// What is only tried stands wherever a requirement is stated.
const tried = withShadow('invoice:read', allOf('invoice:read', trustSet('payments')))
app.get('/tried', requirePermission(gate, tried))
// @ts-expect-error -- misspelt
app.get('/misspelt', requirePermission(gate, withShadow('invoice:read', 'invoice:wirte')))
