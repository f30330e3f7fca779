import { allOf, createPeerGate, definePolicy, socketSource, spiffe, trustSet } from '@peergate/core'
import { requirePermission } from '@peergate/express'
import express from 'express'

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

// A misspelt tag does not compile, wherever it stands.
// @ts-expect-error
app.get('/misspelt', requirePermission(gate, allOf('invoice:raed', trustSet('payments'))))
// @ts-expect-error
app.get('/misspelt', requirePermission(gate, 'invoice:raed'))
// @ts-expect-error
gate.permission('invoice:raed')
