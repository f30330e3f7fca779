import { onGateEvent, socketSource, when } from '@peergate/core'
import {
  authenticated,
  clientIdentity,
  declareRoutes,
  denyUnmatched,
  passThrough,
  publicRoute,
  requirePermission,
} from '@peergate/express'
import type express from 'express'
import t from 'tap'
import type { Test } from 'tap'
import { ask, createTenantGate, listen, reach, tls, versions } from './test-app.js'

/** The routes that the gate of the test names in its events, once each. */
function listenTo(t: Test, gate: string): () => readonly (string | null)[] {
  const told = new Set<string | null>()
  const subscription = onGateEvent(
    ({ request }) => {
      told.add(request.route)
    },
    { gate, types: ['permission-allowed', 'permission-denied', 'identity-rejected'] },
  )
  t.teardown(() => subscription.stop())
  return () => {
    const routes = [...told]
    told.clear()
    return routes
  }
}

function addRoutes(createApp: typeof express, gate: ReturnType<typeof createTenantGate>) {
  const app = createApp()
  const write = requirePermission(gate, gate.permission('invoice:write'))
  const used = requirePermission(gate, gate.permission('invoice:write'))
  const invoices = createApp.Router({ mergeParams: true })
  invoices.get('/:id', write, reach)
  const tenants = createApp.Router()
  tenants.use('/:tenant/invoices', invoices)
  const versioned = createApp.Router()
  versioned.get('/limits', write, reach)
  const anywhere = createApp.Router()
  anywhere.get('/limits', write, reach)
  const matched = createApp.Router()
  matched.get('/limits', write, reach)

  app.use(clientIdentity(gate))
  app.use('/tenants', tenants)
  app.use('/v1', versioned)
  app.use('/v2', versioned)
  app.use('/:region/east', anywhere)
  app.use('/:region/:zone', anywhere)
  app.use(/^\/re\d/u, matched)
  app.get(['/old', '/new'], write, reach)
  app.get(/^\/report-\d+$/u, write, reach)
  app.route('/both').get(write, reach).post(write, reach)
  app.all('/every', write, reach)
  app.get('/', write, reach)
  app.use('/used', used)
  app.get('/used/too', used, reach)
  const inner = createApp()
  inner.get('/secret/:name', reach)
  app.use('/apps', declareRoutes(inner, authenticated(gate)))
  app.get(
    '/slow',
    requirePermission(
      gate,
      when(async () => true),
    ),
    reach,
  )
  app.use(denyUnmatched(gate))
  return { app, write }
}

for (const [version, createApp] of versions) {
  t.test(`express ${version} names a route as it is declared, whole`, async (t) => {
    const name = `paths-${version}`
    const gate = createTenantGate({ name })
    const { app, write } = addRoutes(createApp, gate)
    const routes = listenTo(t, name)
    const { reader, stranger } = await listen(t, app)
    for (const [method, url, route] of [
      ['GET', '/tenants/acme/invoices/42?x=y', 'GET /tenants/:tenant/invoices/:id'],
      ['HEAD', '/tenants/acme/invoices/42', 'HEAD /tenants/:tenant/invoices/:id'],
      ['GET', '/v1/limits', 'GET /v1/limits'],
      ['GET', '/V2/limits/', 'GET /v2/limits'],
      ['GET', '/eu/west/limits', 'GET /:region/:zone/limits'],
      ['GET', '/eu/east/limits', 'GET /:region/east/limits, /:region/:zone/limits'],
      ['GET', '/re7/limits', String.raw`GET /^\/re\d/u/limits`],
      ['GET', '/new', 'GET /old, /new'],
      ['GET', '/report-7', String.raw`GET /^\/report-\d+$/u`],
      ['GET', '/both', 'GET /both'],
      ['POST', '/both', 'POST /both'],
      ['PATCH', '/every', 'PATCH /every'],
      ['GET', '/', 'GET /'],
      ['GET', '/apps/secret/plan', 'GET /apps'],
      ['GET', '/slow', 'GET /slow'],
    ] as const) {
      t.equal(await ask(reader, method, url), '200', url)
      t.same(routes(), [route], url)
    }
    t.equal(await ask(reader, 'GET', '/used/too'), '200')
    t.same(routes(), [null], 'of one requirement at two places nobody can say which it is')
    t.equal(await ask(reader, 'GET', '/no/such/secret'), '404')
    t.same(routes(), [null])
    t.equal(await ask(stranger, 'GET', '/tenants/acme/invoices/42'), '403 IDENTITY_MISSING')
    t.same(routes(), ['GET /tenants/:tenant/invoices/:id'])
    // In the order of the application it stands behind denyUnmatched, which was audited and closes it.
    app.get('/late/:id', write, reach)
    t.equal(await ask(reader, 'GET', '/late/1'), '500 ROUTE_UNDECLARED')
    t.same(routes(), [])
  })

  t.test(`express ${version} names routes that are added later`, async (t) => {
    const name = `later-paths-${version}`
    const gate = createTenantGate({ name })
    const app = createApp()
    const router = createApp.Router()
    app.use(clientIdentity(gate))
    app.use('/items', router)
    app.use(denyUnmatched(gate))
    const routes = listenTo(t, name)
    const { reader } = await listen(t, app)
    t.equal(await ask(reader, 'GET', '/items/1'), '404')
    router.get('/:item', requirePermission(gate, gate.permission('invoice:write')), reach)
    routes()
    t.equal(await ask(reader, 'GET', '/items/1'), '200')
    t.same(routes(), ['GET /items/:item'])
  })

  t.test(`express ${version} records whom it refuses before any requirement`, async (t) => {
    const name = `early-refusals-${version}`
    const gate = createTenantGate({ name })
    const app = createApp()
    const router = createApp.Router()
    router.get('/x/:id', requirePermission(gate, gate.permission('invoice:write')), reach)
    router.get('/open', publicRoute(gate), () => {
      throw new Error('of the application')
    })
    app.use(clientIdentity(gate))
    app.use(
      passThrough(((req, _res, next) => {
        next(req.url === '/broken' ? new Error('by a parser') : undefined)
      }) as express.RequestHandler),
    )
    app.use(router)
    app.use(denyUnmatched(gate))
    app.use(((_error, _req, res, _next) => {
      res.status(418).end()
    }) as express.ErrorRequestHandler)
    const types: string[] = []
    const subscription = onGateEvent(({ type }) => types.push(type), { gate: name })
    t.teardown(() => subscription.stop())
    const { reader, stranger } = await listen(t, app)
    for (const [method, url, answer, told] of [
      ['GET', '/broken', '403 IDENTITY_MISSING', ['identity-rejected']],
      ['GET', '/x/%', '403 IDENTITY_MISSING', ['identity-rejected']],
      ['OPTIONS', '/x/1', '403 IDENTITY_MISSING', ['identity-rejected']],
      ['GET', '/open', '418', ['identity-absent', 'permission-allowed']],
    ] as const) {
      t.equal(await ask(stranger, method, url), answer, url)
      t.same(types.splice(0), told, url)
    }
    t.equal(await ask(reader, 'GET', '/broken'), '418')
    t.same(types.splice(0), [], 'nothing was asked of somebody who was identified')
  })

  t.test(`express ${version} records whom it would refuse, and lets them by`, async (t) => {
    const name = `observed-${version}`
    const source = { ...socketSource({ tls }), mode: 'observe' } as const
    const gate = createTenantGate({ name, source })
    const app = createApp()
    const router = createApp.Router()
    router.get('/x/:id', requirePermission(gate, gate.permission('invoice:write')), reach)
    app.use(clientIdentity(gate))
    app.use(router)
    app.use(denyUnmatched(gate))
    const told: (readonly [string, boolean])[] = []
    const subscription = onGateEvent(({ type, isEnforced }) => told.push([type, isEnforced]), {
      gate: name,
      types: ['identity-rejected'],
    })
    t.teardown(() => subscription.stop())
    const { stranger } = await listen(t, app)
    const rejected = [['identity-rejected', false]]
    for (const [method, url, answer] of [
      ['GET', '/x/1', '200'],
      ['GET', '/x/%', '400'],
      ['GET', '/nothing', '404'],
    ] as const) {
      t.equal(await ask(stranger, method, url), answer, url)
      t.same(told.splice(0), rejected, url)
    }
    const { status, headers } = await stranger.request('OPTIONS', '/x/1')
    t.equal(status, 200)
    t.match(headers['allow'], /GET/u)
    t.same(told.splice(0), rejected)
  })
}
