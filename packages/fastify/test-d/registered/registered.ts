import {
  allOf,
  anyOf,
  createPeerGate,
  definePolicy,
  publicRoute,
  socketSource,
  spiffe,
  trustSet,
  withShadow,
} from '@peergate/core'
import { peergate, when } from '@peergate/fastify'
import Fastify from 'fastify'
import type { FastifyRequest } from 'fastify'

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

const app = Fastify()
await app.register(peergate, {
  gate,
  defaults: 'invoice:read',
  routes: { 'OPTIONS *': publicRoute, 'GET /static/*': 'invoice:read' },
})

app.get('/tag', { config: { permission: 'invoice:read' } }, () => null)
app.get('/hook', { onRequest: app.requirePermission('invoice:write') }, () => null)
app.get('/made', { config: { permission: gate.permission('invoice:read') } }, () => null)
const payments = trustSet('payments')
app.get('/set', { config: { permission: allOf('invoice:read', payments) } }, () => null)
app.get('/sets', { onRequest: app.requirePermission(allOf('invoice:read', payments)) }, () => null)

const either = anyOf('invoice:read', allOf('invoice:write', payments))
app.get('/either', { config: { permission: either } }, () => null)
app.get('/nested', { onRequest: app.requirePermission(allOf(payments, either)) }, () => null)
app.register(async (child) => {
  child.setDefaultRequirement('invoice:write')
  // @ts-expect-error -- misspelt
  child.setDefaultRequirement('invoice:wirte')
})

// A predicate is given the request of Fastify, with the types that it asks for.
const isOwn = when<{ Params: { id: string } }>((identity, request) =>
  identity.value.endsWith(request.params.id),
)
const isSmall = when(
  async (_identity, { query }: FastifyRequest<{ Querystring: { size: number } }>) =>
    Promise.resolve(query.size < 10),
)
app.get('/own/:id', { config: { permission: allOf('invoice:read', isOwn, isSmall) } }, () => null)
// @ts-expect-error -- the parameters are not known
when((_identity, request) => request.params.id === '1')
// @ts-expect-error -- no boolean
when((identity) => identity.value)

// A misspelt tag does not compile, wherever it stands.
// @ts-expect-error
app.get('/misspelt', { config: { permission: anyOf('invoice:raed', 'invoice:write') } }, () => null)
// @ts-expect-error
app.get('/misspelt', { config: { permission: allOf(anyOf('invoice:raed'), payments) } }, () => null)
// @ts-expect-error
app.get('/misspelt', { config: { permission: allOf('invoice:raed', payments) } }, () => null)
// @ts-expect-error
app.get('/misspelt', { onRequest: app.requirePermission(allOf('invoice:raed')) }, () => null)
// @ts-expect-error
app.get('/misspelt', { config: { permission: 'invoice:raed' } }, () => null)
// @ts-expect-error
app.get('/misspelt', { onRequest: app.requirePermission('invoice:raed') }, () => null)
// @ts-expect-error
await app.register(peergate, { gate, defaults: 'invoice:raed' })
// @ts-expect-error
await app.register(peergate, { gate, routes: { 'GET /static/*': 'invoice:raed' } })
// @ts-expect-error
gate.permission('invoice:raed')

// What is only tried stands wherever a requirement is stated.
const tried = withShadow('invoice:read', allOf('invoice:read', payments))
app.get('/tried', { config: { permission: tried } }, () => null)
app.get('/tried/hook', { onRequest: app.requirePermission(tried) }, () => null)
// @ts-expect-error -- misspelt
withShadow(publicRoute, 'invoice:raed')
