import { createPeerGate, createTlsGate, definePolicy, socketSource, spiffe } from '@peergate/core'
import type { PeerSource } from '@peergate/core'
import { authenticated, clientIdentity, denyUnmatched } from '@peergate/express'
import {
  assertAnswered,
  assertRefusedInTls,
  bypassedSource,
  createTestPki,
  withClientIdentity,
  withServer,
} from '@peergate/testkit'
import express from 'express'
import t from 'tap'

const id = 'spiffe://prod.example/ns/payments/sa/api'
const pki = await createTestPki({ identity: { uri: [id] } })

function createGate(source: PeerSource) {
  return createPeerGate({
    source,
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['read'],
      grants: [{ identity: id, allow: ['read'] }],
    }),
  })
}

t.test('the test kit runs an application', async () => {
  const tls = createTlsGate({ server: pki.server, clientCas: pki.clientCas })
  const gate = createGate(socketSource({ tls }))
  const app = express()
  app.use(clientIdentity(gate))
  app.get('/me', authenticated(gate), (_request, response) => void response.send('reached'))
  app.use(denyUnmatched(gate))
  await withServer(
    app,
    async ({ connectAs }) => {
      const path = '/me'
      assertAnswered(await connectAs(await pki.client('accepted'), { path }), 200)
      assertAnswered(await connectAs(await pki.client('several-identities'), { path }), 403)
      const stranger = await connectAs(await pki.client('wrong-ca'), { path })
      assertRefusedInTls(stranger, 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED')
    },
    { tls },
  )
})

t.test('the test kit asks the routes of an application without TLS', async (t) => {
  const gate = createGate(bypassedSource())
  const app = express()
  app.use(clientIdentity(gate))
  app.get('/me', authenticated(gate), (request, response) => {
    response.json(request.clientIdentity)
  })
  app.use(denyUnmatched(gate))
  const api = await withClientIdentity(app, { uri: [id] })
  const { status, body } = await api.request('GET', '/me')
  t.equal(status, 200)
  t.match(JSON.parse(body), { value: id, source: 'bypassed' })
})
