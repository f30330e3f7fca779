import {
  allOf,
  createPeerGate,
  definePolicy,
  publicRoute,
  socketSource,
  spiffe,
  trustSet,
} from '@peergate/core'
import { peergate } from '@peergate/fastify'
import Fastify from 'fastify'

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

// A misspelt tag does not compile, wherever it stands.
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
