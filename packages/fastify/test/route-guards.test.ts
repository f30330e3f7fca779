import { anyOf, publicRoute } from '@peergate/core'
import type { Requirement } from '@peergate/core'
import { peergate, when } from '@peergate/fastify'
import type { FastifyInstance, FastifyServerOptions, RouteOptions } from 'fastify'
import t from 'tap'
import {
  ask,
  createApp,
  createHttp2App,
  gate,
  listen,
  nextWarning,
  read,
  write,
} from './test-app.js'

async function createGuardedApp(options?: FastifyServerOptions): Promise<FastifyInstance> {
  const app = createApp(options)
  await app.register(peergate, { gate })
  return app
}

const readable = { config: { permission: read } }
const writable = { config: { permission: write } }

t.test(
  'closes a route that states nothing, and names it when the application is ready',
  async (t) => {
    const app = await createGuardedApp()
    app.get('/silent', () => 'ok')
    app.route({ method: ['PUT', 'PATCH'], url: '/silent', handler: () => 'ok' })
    app.get('/stated', readable, () => 'ok')
    const warned = nextWarning()
    const { reader } = await listen(t, app)
    t.match(await warned, {
      name: 'PeergateWarning',
      code: 'ERR_PEERGATE_ROUTE_UNDECLARED',
      message:
        'these routes state no requirement and are closed: GET /silent, PUT /silent, PATCH /silent',
    })
    for (const method of ['GET', 'PUT', 'PATCH']) {
      t.equal(await ask(reader, method, '/silent'), '500 ROUTE_UNDECLARED')
    }
    t.equal(await ask(reader, 'HEAD', '/silent'), '500')
  },
)

t.test('guards every method of a route', async (t) => {
  const app = await createGuardedApp()
  app.route({ method: ['GET', 'POST'], url: '/several', ...writable, handler: () => 'ok' })
  app.all('/all', writable, () => 'ok')
  app.addHttpMethod('PROPFIND')
  app.route({ method: 'PROPFIND', url: '/custom', ...writable, handler: () => 'ok' })
  app.route({ method: 'PROPFIND', url: '/silent', handler: () => 'ok' })
  const { reader } = await listen(t, app)
  for (const method of ['GET', 'POST']) {
    t.equal(await ask(reader, method, '/several'), '403 PERMISSION_DENIED')
  }
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
    t.equal(await ask(reader, method, '/all'), '403 PERMISSION_DENIED')
  }
  t.equal(await ask(reader, 'HEAD', '/several'), '403')
  t.equal(await ask(reader, 'PROPFIND', '/custom'), '403 PERMISSION_DENIED')
  t.equal(await ask(reader, 'PROPFIND', '/silent'), '500 ROUTE_UNDECLARED')
})

t.test('guards HEAD by its own statement, and by that of GET where it has none', async (t) => {
  const app = await createGuardedApp()
  app.get('/exposed', writable, () => 'ok')
  app.head('/own', writable, () => '')
  app.get('/own', readable, () => 'ok')
  const { reader } = await listen(t, app)
  t.equal(await ask(reader, 'HEAD', '/exposed'), '403')
  t.equal(await ask(reader, 'HEAD', '/own'), '403')
  t.equal(await ask(reader, 'GET', '/own'), '200')
})

t.test('guards both URLs of a prefixed root, with and without the slash', async (t) => {
  const app = await createGuardedApp()
  app.register(async (child) => child.get('/', writable, () => 'ok'), { prefix: '/stated' })
  app.register(async (child) => child.get('/', () => 'ok'), { prefix: '/silent' })
  const { reader } = await listen(t, app)
  for (const slash of ['', '/']) {
    t.equal(await ask(reader, 'GET', `/stated${slash}`), '403 PERMISSION_DENIED')
    t.equal(await ask(reader, 'HEAD', `/stated${slash}`), '403')
    t.equal(await ask(reader, 'GET', `/silent${slash}`), '500 ROUTE_UNDECLARED')
    t.equal(await ask(reader, 'HEAD', `/silent${slash}`), '500')
  }
})

t.test('guards the route that the router found, however the URL was written', async (t) => {
  const app = await createGuardedApp({
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      caseSensitive: false,
    },
    rewriteUrl: ({ url = '' }) => url.replace('/old', '/invoices'),
  })
  app.get('/invoices', writable, () => 'ok')
  app.get('/files/*', writable, () => 'ok')
  app.get('/users/:id(^[0-9]+$)', writable, () => 'ok')
  const { reader } = await listen(t, app)
  for (const path of [
    '/invoices',
    '/invoices/',
    '//invoices',
    '/INVOICES',
    '/%69nvoices',
    '/invoices?a=1',
    '/old',
    '/files/a/../b',
    '/files/b/',
    '/users/1',
  ]) {
    t.equal(await ask(reader, 'GET', path), '403 PERMISSION_DENIED', path)
  }
})

for (const protocol of ['http/1.1', 'h2'] as const) {
  t.test(
    `guards a parameter of any length over ${protocol}, if the router is told to`,
    async (t) => {
      const app = createHttp2App({ routerOptions: { maxParamLength: 65536 } })
      await app.register(peergate, { gate })
      app.get('/invoices/:id', readable, () => 'ok')
      const { stranger } = await listen(t, app, protocol)
      const id = 'a'.repeat(protocol === 'h2' ? 65000 : 16000)
      t.equal(await ask(stranger, 'GET', `/invoices/${id}`), '403 IDENTITY_MISSING')
      t.equal(await ask(stranger, 'GET', `/missing/${id}`), '403 IDENTITY_MISSING')
    },
  )
}

t.test('guards each version of a route by its own statement', async (t) => {
  const app = await createGuardedApp()
  app.get('/x', { ...readable, constraints: { version: '1.0.0' } }, () => 'ok')
  app.get('/x', { ...writable, constraints: { version: '2.0.0' } }, () => 'ok')
  app.get('/x', { constraints: { version: '3.0.0' } }, () => 'ok')
  const { reader, stranger } = await listen(t, app)
  const statusOf = async (version: string) =>
    (await reader.request('GET', '/x', { 'accept-version': version })).status
  t.equal(await statusOf('1.0.0'), 200)
  t.equal(await statusOf('2.0.0'), 403)
  t.equal(await statusOf('3.0.0'), 500)
  t.equal(await statusOf('4.0.0'), 404)
  t.equal(await ask(stranger, 'GET', '/x'), '403 IDENTITY_MISSING')
})

t.test('keeps apart the routes that share one config object', async (t) => {
  const app = await createGuardedApp()
  const config = {}
  app.get('/open', { config, onRequest: app.requirePermission(publicRoute) }, () => 'ok')
  app.get('/write', { config, onRequest: app.requirePermission(write) }, () => 'ok')
  app.get('/silent', { config }, () => 'ok')
  const { reader } = await listen(t, app)
  t.strictSame(Reflect.ownKeys(config), [])
  t.equal(await ask(reader, 'GET', '/open'), '200')
  t.equal(await ask(reader, 'GET', '/write'), '403 PERMISSION_DENIED')
  t.equal(await ask(reader, 'GET', '/silent'), '500 ROUTE_UNDECLARED')
})

for (const [what, meddle, outcome] of [
  ['copies the config', copyConfig, '200'],
  ['replaces the config', replaceConfig, '500 ROUTE_UNDECLARED'],
  ['removes the config', removeConfig, '500 ROUTE_UNDECLARED'],
  ['removes the permission', removePermission, '500 ROUTE_UNDECLARED'],
  ['changes the permission', changePermission, '500 ROUTE_UNDECLARED'],
] as const) {
  t.test(`answers ${outcome} if a later onRoute hook ${what}`, async (t) => {
    const app = await createGuardedApp()
    app.addHook('onRoute', meddle)
    app.get('/x', readable, () => 'ok')
    const warning = outcome === '200' ? null : nextWarning()
    const { reader } = await listen(t, app)
    t.equal(await ask(reader, 'GET', '/x'), outcome)
    if (warning !== null) t.match((await warning).message, 'GET /x')
  })
}

function copyConfig(route: RouteOptions): void {
  route.config = { ...route.config }
}

function replaceConfig(route: RouteOptions): void {
  route.config = { permission: read }
}

function removeConfig(route: RouteOptions): void {
  delete route.config
}

function removePermission({ config }: RouteOptions): void {
  delete config?.permission
}

function changePermission(route: RouteOptions): void {
  route.config = { ...route.config, permission: publicRoute }
}

t.test('closes a route whose later permission would give way to the default', async (t) => {
  const app = createApp()
  await app.register(peergate, { gate, defaults: read })
  app.addHook('onRoute', ({ config }) => void Object.assign(config ?? {}, { permission: write }))
  app.get('/x', () => 'ok')
  const { reader } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/x'), '500 ROUTE_UNDECLARED')
})

t.test('closes a method that a later onRoute hook adds', async (t) => {
  const app = await createGuardedApp()
  app.addHook('onRoute', (route) => {
    if (route.method === 'POST') route.method = ['POST', 'PUT']
  })
  app.post('/x', readable, () => 'ok')
  const { reader } = await listen(t, app)
  t.equal(await ask(reader, 'POST', '/x'), '200')
  t.equal(await ask(reader, 'PUT', '/x'), '500 ROUTE_UNDECLARED')
})

t.test(
  'asks for all that a route states, though a later onRoute hook takes its hooks',
  async (t) => {
    const app = await createGuardedApp()
    app.addHook('onRoute', (route) => {
      route.onRequest = [async () => {}]
    })
    const [mayRead, mayWrite] = [app.requirePermission(read), app.requirePermission(write)]
    app.get('/second', { ...readable, onRequest: mayWrite }, () => 'ok')
    app.get('/third', { ...readable, onRequest: [mayRead, mayWrite] }, () => 'ok')
    app.get('/met', { config: { permission: publicRoute }, onRequest: mayRead }, () => 'ok')
    const { reader } = await listen(t, app)
    t.equal(await ask(reader, 'GET', '/second'), '403 PERMISSION_DENIED')
    t.equal(await ask(reader, 'GET', '/third'), '403 PERMISSION_DENIED')
    t.equal(await ask(reader, 'GET', '/met'), '200')
  },
)

t.test('asks one requirement after the other, and none after a denial', async (t) => {
  const app = await createGuardedApp()
  const asked: string[] = []
  const later = (name: string, answer: boolean) =>
    when(async () => {
      asked.push(name)
      return answer
    })
  const hooksOf = (...requirements: Requirement[]) => requirements.map(app.requirePermission)
  const permission = later('config', true)
  const yes = [later('first', true), later('second', true)]
  app.get('/met', { config: { permission }, preHandler: hooksOf(...yes) }, () => 'ok')
  const no = [later('no', false), later('never', true)]
  app.get('/unmet', { config: { permission }, preHandler: hooksOf(...no) }, () => 'ok')
  app.get('/denied', { ...writable, preHandler: hooksOf(...yes) }, () => 'ok')
  const { reader } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/met'), '200')
  t.strictSame(asked.splice(0), ['config', 'first', 'second'])
  t.equal(await ask(reader, 'GET', '/unmet'), '403 CONDITION_UNMET')
  t.strictSame(asked.splice(0), ['config', 'no'])
  t.equal(await ask(reader, 'GET', '/denied'), '403 PERMISSION_DENIED')
  t.strictSame(asked, [])
})

t.test('asks them all where the application has a Promise of its own', async (t) => {
  const app = await createGuardedApp()
  app.addHook('onRoute', (route) => {
    route.onRequest = []
  })
  const permission = anyOf(when(async () => true))
  app.get('/', { config: { permission }, onRequest: app.requirePermission(write) }, () => 'ok')
  const { reader } = await listen(t, app)
  const { Promise: native } = globalThis
  globalThis.Promise = class extends native<unknown> {} as PromiseConstructor
  t.teardown(() => void (globalThis.Promise = native))
  t.equal(await ask(reader, 'GET', '/'), '403 PERMISSION_DENIED')
})

t.test('asks for what a later onRoute hook adds to a statement, before any hook', async (t) => {
  const app = await createGuardedApp()
  const mayWrite = app.requirePermission(write)
  app.addHook('onRoute', (route) => {
    route.preHandler = [mayWrite]
  })
  let called = 0
  app.addHook('onRequest', async () => {
    called += 1
  })
  app.get('/stated', readable, () => 'ok')
  app.get('/silent', () => 'ok')
  const { reader } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/stated'), '403 PERMISSION_DENIED')
  t.equal(await ask(reader, 'GET', '/silent'), '500 ROUTE_UNDECLARED')
  t.equal(called, 0)
})
