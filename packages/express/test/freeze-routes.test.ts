import { auditRoutes, clientIdentity, denyUnmatched, publicRoute } from '@peergate/express'
import t from 'tap'
import { ask, closed, findingsOf, gate, listen, reach, versions } from './test-app.js'

for (const [version, express] of versions) {
  /** An application that has passed the audit, and what can be added to later. */
  function createAudited() {
    const app = express()
    const router = express.Router()
    const route = router.route('/open').get(publicRoute(gate), reach)
    app.use(clientIdentity(gate))
    app.use('/nested', router)
    app.use(denyUnmatched(gate))
    auditRoutes(app)
    return { app, router, route }
  }

  t.test(`express ${version}`, async (t) => {
    t.test('closes the application when a route is added that states nothing', async (t) => {
      const { app, router } = createAudited()
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/nested/open'), '200')
      router.get('/late', reach)
      t.equal(await ask(reader, 'GET', '/nested/late'), closed)
      t.equal(await ask(reader, 'GET', '/nested/open'), closed)
    })

    t.test('closes the application when a handler is added to a route', async (t) => {
      const { app, route } = createAudited()
      const { reader } = await listen(t, app)
      route.post(reach)
      t.equal(await ask(reader, 'POST', '/nested/open'), closed)
      t.match(findingsOf(app), /POST \/nested\/open has a handler before any requirement/u)
    })

    t.test(
      'serves a route that is added with its requirement, and audits again after it',
      async (t) => {
        const { app, router } = createAudited()
        const { reader } = await listen(t, app)
        for (const path of ['/first', '/second']) {
          router.get(path, publicRoute(gate), reach)
          t.equal(await ask(reader, 'GET', `/nested${path}`), '200')
        }
        router.get('/third', reach)
        t.equal(await ask(reader, 'GET', '/nested/third'), closed)
      },
    )

    t.test('finds what is added to a router inside of one that was not changed', async (t) => {
      const { app, router } = createAudited()
      const inner = express.Router()
      router.use('/inner', inner)
      auditRoutes(app)
      inner.get('/first', publicRoute(gate), reach)
      auditRoutes(app)
      inner.get('/second', reach)
      t.match(findingsOf(app), /GET \/nested\/inner\/second/u)
    })

    t.test('finds what stands in a stack that replaces an audited one', async (t) => {
      const { app, router } = createAudited()
      const { stack } = express.Router().get('/other', reach)
      router.stack = stack
      t.match(findingsOf(app), /GET \/nested\/other/u)
    })

    t.test('refuses any other change to what was audited', async (t) => {
      const { router, route } = createAudited()
      const [layer] = router.stack
      const [requirement, handler] = route.stack
      t.throws(() => router.stack.unshift(layer as (typeof router.stack)[number]), TypeError)
      t.throws(() => router.stack.pop(), TypeError)
      t.throws(() => route.stack.splice(0, 1), TypeError)
      t.throws(() => {
        Object.assign(route.stack, { 0: handler })
      }, TypeError)
      t.throws(() => Object.assign(requirement as object, { handle: reach }), TypeError)
      t.throws(() => router.param('id', (_req, _res, next) => next()), TypeError)
    })

    t.test('leads a request through the routes as they were when it came', async (t) => {
      const app = express()
      const router = express.Router()
      app.use(clientIdentity(gate))
      app.use('/nested', router)
      router.get('/late', publicRoute(gate), (_req, _res, next) => {
        router.get('/late', reach)
        next()
      })
      app.use(denyUnmatched(gate))
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/nested/late'), '404')
      t.equal(await ask(reader, 'GET', '/nested/late'), closed)
    })
  })
}
