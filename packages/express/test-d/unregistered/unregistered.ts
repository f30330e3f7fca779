import { allOf, trustSet } from '@peergate/core'
import type { ClientIdentity, PeerGate } from '@peergate/core'
import {
  auditRoutes,
  authenticated,
  clientIdentity,
  declareRoutes,
  denyUnmatched,
  passThrough,
  publicRoute,
  requireIdentity,
  requirePermission,
} from '@peergate/express'
import express from 'express'
import type { Request, Router } from 'express'

declare const gate: PeerGate<'invoice:read' | 'invoice:write'>
const read = gate.permission('invoice:read')

// Everything goes where Express takes middleware, and the audit takes an application.
const app = express()
app.use(passThrough(express.json()))
app.use(clientIdentity(gate, { errors: 'answer', problemTypeBase: 'https://errors.example/' }))
app.use('/files', declareRoutes(express.static('files'), authenticated(gate)))
app.use('/other', declareRoutes(express(), publicRoute(gate)))
app.use('/open', publicRoute(gate), express.Router())
app.use(denyUnmatched(gate))
app.use('/api', denyUnmatched(gate), express.Router())
auditRoutes(app)

export function mount(router: Router): void {
  router.use(authenticated(gate))
  router.use(denyUnmatched(gate))
}

// The parameters of a path are known behind our middleware.
app.get('/invoices/:id', requirePermission(gate, read), (req, res) => {
  const id: string = req.params.id
  // @ts-expect-error
  res.json([id, req.params.name])
})
app.route('/invoices/:id').put(authenticated(gate), publicRoute(gate), (req, res) => {
  const id: string = req.params.id
  res.json(id)
})
app.get<{ id: string }, string, never, { page: string }>('/all', authenticated(gate), (req, res) =>
  res.json(req.query.page + req.params.id),
)

// A set goes with a permission, and not with what Express calls authenticated.
app.get('/set', requirePermission(gate, allOf(read, trustSet('payments'))))
// @ts-expect-error
requirePermission(gate, allOf(authenticated(gate), trustSet('payments')))

// Without a registered policy there are no bare tags.
// @ts-expect-error
requirePermission(gate, 'invoice:read')
// @ts-expect-error
requirePermission(gate, allOf('invoice:read', trustSet('payments')))
// The tags of a gate are those of its policy.
// @ts-expect-error
gate.permission('invoice:raed')

export function readIdentity(req: Request): string {
  const identity: ClientIdentity | null = req.clientIdentity
  // @ts-expect-error
  const { value } = req.clientIdentity
  return requireIdentity(req).value + String(value) + String(identity?.value)
}

// What is no requirement, no option or no application does not compile.
// @ts-expect-error
requirePermission(gate, undefined)
// @ts-expect-error
clientIdentity(gate, { errors: 'ignore' })
// @ts-expect-error
clientIdentity(gate, { error: 'answer' })
// @ts-expect-error
declareRoutes(express.static('files'))
// @ts-expect-error
auditRoutes({})
