import { once } from 'node:events'
import { PeerGateError } from '@peergate/core'
import {
  auditRoutes,
  clientIdentity,
  denyUnmatched,
  passThrough,
  publicRoute,
  requirePermission,
} from '@peergate/express'
import type { ErrorRequestHandler } from 'express'
import t from 'tap'
import { ask, closed, findingsOf, gate, listen, reach, read, versions } from './test-app.js'

for (const [version, express] of versions) {
  t.test(`express ${version}`, async (t) => {
    t.test('closes every route while one states nothing, though nobody audits', async (t) => {
      const app = express()
      app.use(clientIdentity(gate))
      app.get('/open', publicRoute(gate), reach)
      app.get('/forgotten', reach)
      app.use(denyUnmatched(gate))
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/forgotten'), closed)
      t.equal(await ask(reader, 'GET', '/open'), closed)
    })

    t.test('runs no middleware and no error handler before the audit has passed', async (t) => {
      const app = express()
      let ran = 0
      app.use(clientIdentity(gate, { errors: 'forward' }))
      app.use(
        passThrough((_req, _res, next: () => void) => {
          ran += 1
          next()
        }),
      )
      app.get('/forgotten', reach)
      app.use(((_error, _req, res, _next) => {
        res.send('handled')
      }) satisfies ErrorRequestHandler)
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/forgotten'), closed)
      t.equal(ran, 0)
    })

    t.test('opens an application as soon as its fault is repaired', async (t) => {
      const app = express()
      app.use(clientIdentity(gate))
      app.get('/open', publicRoute(gate), reach)
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/open'), closed)
      app.use(denyUnmatched(gate))
      t.equal(await ask(reader, 'GET', '/open'), '200')
    })

    t.test('passes at boot what is closed', async (t) => {
      const app = express()
      app.use(clientIdentity(gate))
      app.get('/invoices', requirePermission(gate, read), reach)
      app.use(denyUnmatched(gate))
      t.equal(auditRoutes(app), undefined)
    })

    t.test('throws every finding at boot, and warns of them once', async (t) => {
      const app = express()
      app.use(clientIdentity(gate))
      app.get(`/one/${version}`, reach)
      app.get(`/two/${version}`, reach)
      const warned = once(process, 'warning')
      const error = t.throws(() => auditRoutes(app), PeerGateError)
      t.match(error, { code: 'ERR_PEERGATE_ROUTE_UNDECLARED', statusCode: 500 })
      t.match(
        findingsOf(app),
        /^GET \/one.*; GET \/two.*; denyUnmatched\(gate\) is missing: mount/u,
      )
      t.match(await warned, [
        {
          name: 'PeergateWarning',
          code: 'ERR_PEERGATE_ROUTE_UNDECLARED',
          message: 'the application answers every request with 500, until all routes are closed',
          detail:
            /^- GET \/one.*\n- GET \/two.*\n- denyUnmatched\(gate\) is missing: mount it last/u,
        },
      ])
    })

    t.test('tells a client nothing of the findings', async (t) => {
      const app = express()
      app.use(clientIdentity(gate, { problemTypeBase: 'https://errors.example/' }))
      app.get('/forgotten', reach)
      const { reader } = await listen(t, app)
      t.strictSame(JSON.parse((await reader.request('GET', '/forgotten')).body), {
        type: 'https://errors.example/ERR_PEERGATE_ROUTE_UNDECLARED',
        title: 'this service does not say who may use this route',
        status: 500,
        code: 'ERR_PEERGATE_ROUTE_UNDECLARED',
      })
    })
  })
}
