import {
  auditRoutes,
  authenticated,
  clientIdentity,
  denyUnmatched,
  publicRoute,
} from '@peergate/express'
import t from 'tap'
import {
  ask,
  closed,
  createTenantGate,
  findingsOf,
  gate,
  listen,
  reach,
  versions,
} from './test-app.js'

for (const [version, express] of versions) {
  t.test(`express ${version}`, async (t) => {
    t.test('closes a route before the middleware, even as the first request', async (t) => {
      const app = express()
      app.get('/early', reach)
      app.use(clientIdentity(gate))
      app.use(denyUnmatched(gate))
      const { stranger } = await listen(t, app)
      t.equal(await ask(stranger, 'GET', '/early'), closed)
      t.match(
        findingsOf(app),
        /route \/early stands before clientIdentity\(gate\): mount it after/u,
      )
    })

    t.test('closes what is put before all other layers', async (t) => {
      const app = express()
      app.use(clientIdentity(gate))
      app.use(denyUnmatched(gate))
      const { stack } = version === '5' ? app.router : Reflect.get(app, '_router')
      stack.unshift(...express.Router().get('/early', reach).stack)
      const { stranger } = await listen(t, app)
      t.equal(await ask(stranger, 'GET', '/early'), closed)
    })

    t.test('closes all routes where it is mounted on some', async (t) => {
      const app = express()
      app.get('/early', reach)
      app.use(['/api', '/other'], [clientIdentity(gate)])
      app.get('/api/me', authenticated(gate), reach)
      app.get('/me', authenticated(gate), reach)
      app.use(denyUnmatched(gate))
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/early'), closed)
      t.match(findingsOf(app), /route \/me stands before clientIdentity/u)
    })

    t.test('identifies every request where it is in a list of middleware', async (t) => {
      const app = express()
      app.use([clientIdentity(gate), authenticated(gate)])
      app.get('/me', (req, res) => {
        res.json(req.clientIdentity?.value)
      })
      app.use(denyUnmatched(gate))
      const { reader, stranger } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/me'), '200')
      t.equal(await ask(stranger, 'GET', '/me'), '403 IDENTITY_MISSING')
    })

    t.test('closes what reaches it through a router,', async (t) => {
      const app = express()
      const router = express.Router()
      router.use(clientIdentity(gate))
      router.get('/', publicRoute(gate), reach)
      app.use('/invoices', router)
      app.use(denyUnmatched(gate))
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/invoices'), closed)
      t.match(findingsOf(app), /^clientIdentity\(gate\) is not mounted on the application/u)
    })

    t.test('serves two applications with one middleware, each by its own routes', async (t) => {
      const middleware = clientIdentity(gate)
      const [good, bad] = [express(), express()]
      for (const app of [good, bad]) app.use(middleware, middleware)
      good.get('/me', authenticated(gate), reach)
      bad.get('/me', reach)
      for (const app of [good, bad]) app.use(denyUnmatched(gate))
      t.equal(await ask((await listen(t, good)).reader, 'GET', '/me'), '200')
      t.equal(await ask((await listen(t, bad)).reader, 'GET', '/me'), closed)
    })

    t.test('refuses a second gate on one application', async (t) => {
      const app = express()
      app.use(clientIdentity(gate))
      t.throws(() => app.use(clientIdentity(createTenantGate())), {
        code: 'ERR_PEERGATE_OPTION_INVALID',
        detail: /one gate guards an application/u,
      })
    })

    t.test('closes an application that is mounted in another', async (t) => {
      const [app, outer] = [express(), express()]
      app.use(clientIdentity(gate))
      app.get('/open', publicRoute(gate), reach)
      app.use(denyUnmatched(gate))
      auditRoutes(app)
      outer.use('/api', app)
      const { reader } = await listen(t, outer)
      t.equal(await ask(reader, 'GET', '/api/open'), closed)
      t.match(findingsOf(app), /mounted in another: there, give it to declareRoutes/u)
    })
  })
}

t.test('closes what is no Express application', async (t) => {
  const identify = clientIdentity(gate)
  const { reader } = await listen(t, (req, res) => identify(req, res, () => res.end('reached')))
  t.equal(await ask(reader, 'GET', '/'), closed)
  t.throws(() => auditRoutes({ use: () => undefined }), { code: 'ERR_PEERGATE_ROUTE_UNDECLARED' })
})
