import { publicRoute } from '@peergate/core'
import { peergate, requireIdentity } from '@peergate/fastify'
import t from 'tap'
import { ask, codeThrownBy, createApp, gate, listen, read } from './test-app.js'

t.test('attaches an identity that no handler can overwrite', async (t) => {
  const app = createApp()
  await app.register(peergate, { gate })
  app.get('/me', { config: { permission: read } }, (request) => {
    t.throws(() => Object.assign(request, { clientIdentity: null }), TypeError)
    t.equal(request.clientIdentity, requireIdentity(request))
    return request.clientIdentity
  })
  const { reader } = await listen(t, app)
  t.match(JSON.parse((await reader.request('GET', '/me')).body), { kind: 'spiffe' })
})

t.test(
  'has no identity for a stranger, and throws the refusal where one is required',
  async (t) => {
    const app = createApp()
    await app.register(peergate, { gate })
    app.get('/open', { config: { permission: publicRoute } }, async (request) => {
      t.equal(request.clientIdentity, null)
      return codeThrownBy(() => requireIdentity(request))
    })
    app.get('/thrown', { config: { permission: publicRoute } }, (request) =>
      requireIdentity(request),
    )
    const { stranger } = await listen(t, app)
    t.equal((await stranger.request('GET', '/open')).body, 'ERR_PEERGATE_IDENTITY_MISSING')
    const { status, body } = await stranger.request('GET', '/thrown')
    t.equal(status, 403)
    t.strictSame(JSON.parse(body), {
      statusCode: 403,
      code: 'ERR_PEERGATE_IDENTITY_MISSING',
      error: 'Forbidden',
      message: 'the client certificate carries no identity of the agreed form',
    })
  },
)

t.test('throws for a request that the plugin did not see', async (t) => {
  const app = createApp()
  app.get('/outside', (request) => codeThrownBy(() => requireIdentity(request)))
  const { reader } = await listen(t, app)
  t.equal((await reader.request('GET', '/outside')).body, 'ERR_PEERGATE_MIDDLEWARE_MISSING')
  t.equal(await ask(reader, 'GET', '/outside'), '200')
})
