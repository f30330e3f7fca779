import { allOf, authenticated, publicRoute, trustSet } from '@peergate/core'
import type { ClientIdentity, PeerGate, TlsGate } from '@peergate/core'
import { peergate, requireIdentity } from '@peergate/fastify'
import Fastify from 'fastify'
import type { FastifyRequest } from 'fastify'

declare const tls: TlsGate
declare const gate: PeerGate<'invoice:read' | 'invoice:write'>

const app = Fastify({ https: tls.serverOptions })
tls.attach(app.server)
await app.register(peergate, {
  gate,
  defaults: authenticated,
  routes: { 'OPTIONS *': publicRoute, 'GET /static/*': gate.permission('invoice:read') },
  errors: 'answer',
  problemTypeBase: 'https://errors.example/',
})

// Without a registered policy there are no bare tags.
// @ts-expect-error
app.get('/bare', { config: { permission: 'invoice:read' } }, () => null)
// @ts-expect-error
app.get('/hook', { onRequest: app.requirePermission('invoice:read') }, () => null)

// The tags of a gate are those of its policy.
// @ts-expect-error
gate.permission('invoice:raed')
const permission = gate.permission('invoice:read')
app.get('/permission', { config: { permission } }, () => null)
app.get('/authenticated', { config: { permission: authenticated } }, () => null)
app.get('/public', { config: { permission: publicRoute } }, () => null)
app.get('/set', { config: { permission: allOf(permission, trustSet('payments')) } }, () => null)
app.get('/nothing', () => null)
// @ts-expect-error
app.get('/undefined', { config: { permission: undefined } }, () => null)

// A hook fits the phases that state a requirement, and no other.
const hook = app.requirePermission(permission)
app.get('/phases', { onRequest: hook, preValidation: [hook], preHandler: hook }, () => null)
// @ts-expect-error
app.get('/parsing', { preParsing: hook }, () => null)
app.get<{ Params: { id: string }; Reply: { 200: string } }>(
  '/typed/:id',
  { onRequest: hook },
  (request) => request.params.id + requireIdentity(request).value,
)

export function readIdentity(request: FastifyRequest): string {
  const identity: ClientIdentity | null = request.clientIdentity
  // @ts-expect-error
  const { value } = request.clientIdentity
  // @ts-expect-error
  request.clientIdentity = identity
  return requireIdentity(request).value + String(value)
}

// The same on HTTP/2, with HTTP/1.1 on the same port or without.
const http2App = Fastify({ http2: true, https: { ...tls.serverOptions, allowHTTP1: true } })
tls.attach(http2App.server)
await http2App.register(peergate, { gate })
http2App.get('/config', { config: { permission } }, (request) => requireIdentity(request).value)
http2App.get('/hook', { onRequest: http2App.requirePermission(permission) }, () => null)
http2App.get('/other', { preHandler: hook }, ({ clientIdentity }) => clientIdentity?.kind)
// @ts-expect-error
http2App.get('/bare', { config: { permission: 'invoice:read' } }, () => null)

// Unknown options do not compile.
// @ts-expect-error
await app.register(peergate, { gate, default: authenticated })
// @ts-expect-error
await app.register(peergate, { gate, errors: 'ignore' })
// @ts-expect-error
await app.register(peergate, {})
