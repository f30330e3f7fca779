import {
  authenticated,
  createPeerGate,
  createTlsGate,
  definePolicy,
  socketSource,
  spiffe,
} from '@peergate/core'
import peergate from '@peergate/fastify'
import {
  assertAnswered,
  assertRefusedInTls,
  bypassedSource,
  createTestPki,
  withClientIdentity,
  withServer,
} from '@peergate/testkit'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'

const id = 'spiffe://prod.example/ns/payments/sa/api'
const pki = await createTestPki({ identity: { uri: [id] } })
const policy = definePolicy({
  identity: 'spiffe',
  permissions: ['read'],
  grants: [{ identity: id, allow: ['read'] }],
})

for (const http2 of [false, true]) {
  t.test(`the test kit runs an application with http2: ${http2}`, async () => {
    const tls = createTlsGate({ server: pki.server, clientCas: pki.clientCas })
    const gate = createPeerGate({
      source: socketSource({ tls }),
      identity: spiffe({ trustDomain: 'prod.example' }),
      policy,
    })
    const https = tls.serverOptions
    const made: unknown = http2 ? fastify({ http2, https }) : fastify({ https })
    const app = made as FastifyInstance
    tls.attach(app.server as never)
    await app.register(peergate, { gate })
    app.get('/me', { config: { permission: authenticated } }, async () => 'reached')
    const options = { path: '/me', protocol: http2 ? 'h2' : 'http/1.1' } as const
    await withServer(app, async ({ connectAs }) => {
      assertAnswered(await connectAs(await pki.client('accepted'), options), 200)
      assertAnswered(await connectAs(await pki.client('no-identity'), options), 403)
      const revoked = await connectAs(await pki.client('revoked'), options)
      assertRefusedInTls(revoked, 'ERR_PEERGATE_CERTIFICATE_REVOKED')
    })
  })
}

t.test('the test kit asks the routes of an application without TLS', async (t) => {
  const gate = createPeerGate({
    source: bypassedSource(),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy,
  })
  const app = fastify()
  await app.register(peergate, { gate })
  app.get(
    '/me',
    { config: { permission: 'read' as never } },
    async ({ clientIdentity }) => clientIdentity,
  )
  const api = await withClientIdentity(app, { uri: [id] })
  const { status, body } = await api.request('GET', '/me')
  t.equal(status, 200)
  t.match(JSON.parse(body), { value: id, source: 'bypassed' })
  const other = await withClientIdentity(app, { uri: [`${id}-other`] })
  t.match(await other.request('GET', '/me'), { status: 403 })
  await app.close()
})
