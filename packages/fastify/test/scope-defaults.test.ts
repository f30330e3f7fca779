import { authenticated, publicRoute } from '@peergate/core'
import { peergate } from '@peergate/fastify'
import type { PeergateOptions } from '@peergate/fastify'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import t from 'tap'
import { ask, codeThrownBy, createApp, gate, listen, read, write } from './test-app.js'

async function createGuardedApp(own: Partial<PeergateOptions> = {}): Promise<FastifyInstance> {
  const app = createApp()
  await app.register(peergate, { gate, ...own })
  return app
}

t.test('gives the default of a scope to its routes and those of its children', async (t) => {
  const app = await createGuardedApp()
  app.register(
    async (child) => {
      child.setDefaultRequirement(read)
      child.get('/own', () => 'ok')
      child.get('/stated', { config: { permission: write } }, () => 'ok')
      child.register(async (grandchild) => grandchild.get('/inherited', () => 'ok'))
    },
    { prefix: '/child' },
  )
  app.register(async (sibling) => sibling.get('/sibling', () => 'ok'))
  const { reader, stranger } = await listen(t, app)
  for (const path of ['/child/own', '/child/inherited']) {
    t.equal(await ask(reader, 'GET', path), '200')
    t.equal(await ask(reader, 'HEAD', path), '200')
    t.equal(await ask(stranger, 'GET', path), '403 IDENTITY_MISSING')
  }
  t.equal(await ask(reader, 'GET', '/child/stated'), '403 PERMISSION_DENIED')
  t.equal(await ask(reader, 'GET', '/sibling'), '500 ROUTE_UNDECLARED')
})

t.test('takes the nearest default, whatever stands around it', async (t) => {
  const app = await createGuardedApp({
    defaults: write,
    routes: { 'GET /child/named': publicRoute },
  })
  app.get('/root', () => 'ok')
  app.register(
    async (child) => {
      child.setDefaultRequirement(authenticated)
      child.get('/own', () => 'ok')
      child.get('/named', () => 'ok')
      child.register(async (grandchild) => {
        grandchild.setDefaultRequirement(publicRoute)
        grandchild.get('/inner', () => 'ok')
      })
      child.get('/after', () => 'ok')
    },
    { prefix: '/child' },
  )
  const { reader, stranger } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/root'), '403 PERMISSION_DENIED')
  for (const path of ['/child/own', '/child/after']) {
    t.equal(await ask(reader, 'GET', path), '200')
    t.equal(await ask(stranger, 'GET', path), '403 IDENTITY_MISSING')
  }
  for (const path of ['/child/named', '/child/inner']) {
    t.equal(await ask(stranger, 'GET', path), '200')
  }
})

t.test('sets the default of its own scope in the place of `defaults`', async (t) => {
  const app = await createGuardedApp({ defaults: write })
  app.setDefaultRequirement(read)
  app.get('/x', () => 'ok')
  const { reader } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/x'), '200')
})

t.test(
  'sets the default of the scope that a plugin without a scope of its own is in',
  async (t) => {
    const app = await createGuardedApp()
    await app.register(fp(async (scope) => scope.setDefaultRequirement(read)))
    app.get('/x', () => 'ok')
    const { reader } = await listen(t, app)
    t.equal(await ask(reader, 'GET', '/x'), '200')
  },
)

t.test('refuses at once what is no requirement of its gate', async (t) => {
  const app = await createGuardedApp()
  const set = (requirement: unknown) => () => app.setDefaultRequirement(requirement as never)
  t.equal(await codeThrownBy(set('invoice:raed')), 'ERR_PEERGATE_PERMISSION_UNKNOWN')
  t.equal(await codeThrownBy(set(undefined)), 'ERR_PEERGATE_OPTION_INVALID')
  t.equal(app.setDefaultRequirement(read), undefined)
})

t.test('refuses a default after a route of its scope, or of one below it', async (t) => {
  const tooLate = { code: 'ERR_PEERGATE_ROUTE_TOO_EARLY' }
  const app = await createGuardedApp()
  await app.register(async (child) => {
    child.register(async (grandchild) =>
      grandchild.get('/x', { config: { permission: read } }, () => 'ok'),
    )
    child.after(() => t.throws(() => child.setDefaultRequirement(read), tooLate))
  })
  t.throws(() => app.setDefaultRequirement(read), tooLate)
  await app.register(async (sibling) => {
    sibling.setDefaultRequirement(read)
    sibling.get('/y', () => 'ok')
    t.throws(() => sibling.setDefaultRequirement(write), tooLate)
  })
})

t.test('refuses a second default of one scope', async (t) => {
  const app = await createGuardedApp()
  app.setDefaultRequirement(read)
  t.throws(() => app.setDefaultRequirement(read), { code: 'ERR_PEERGATE_OPTION_INVALID' })
})
