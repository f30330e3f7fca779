import {
  authenticated,
  clientIdentity,
  denyUnmatched,
  publicRoute,
  requirePermission,
} from '@peergate/express'
import type { RequestHandler } from 'express'
import t from 'tap'
import { ask, gate, listen, reach, read, versions } from './test-app.js'

const allow: RequestHandler = (_req, res) => {
  res.set('Allow', 'GET').sendStatus(204)
}

for (const [version, express] of versions) {
  t.test(`express ${version}`, async (t) => {
    const app = express()
    const router = express.Router()
    router.get('/closed', requirePermission(gate, read), reach)
    router.route('/declared').get(authenticated(gate), reach).options(publicRoute(gate), allow)
    app.use(clientIdentity(gate))
    app.get('/closed', requirePermission(gate, read), reach)
    app.use('/nested', router)
    app.use('/open', publicRoute(gate), router)
    app.use(denyUnmatched(gate))
    const { reader, stranger } = await listen(t, app)

    t.test('hides the methods of routes from a stranger, on routers too', async (t) => {
      for (const path of ['/closed', '/nested/closed', '/nested/none']) {
        t.equal(await ask(stranger, 'OPTIONS', path), '403 IDENTITY_MISSING')
        t.notOk((await stranger.request('OPTIONS', path)).headers['allow'])
      }
    })

    t.test('lists the methods of routes to a peer with an identity', async (t) => {
      for (const path of ['/closed', '/nested/closed']) {
        const { status, headers } = await reader.request('OPTIONS', path)
        t.equal(status, 200)
        t.match(headers['allow'], /GET, ?HEAD/u)
      }
    })

    t.test('leaves declared OPTIONS and public routers as they are', async (t) => {
      t.equal(await ask(stranger, 'OPTIONS', '/nested/declared'), '204')
      t.equal(await ask(stranger, 'OPTIONS', '/open/closed'), '200')
    })
  })
}
