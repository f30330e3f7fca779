import {
  authenticated,
  clientIdentity,
  declareRoutes,
  denyUnmatched,
  passThrough,
  publicRoute,
  requireIdentity,
  requirePermission,
} from '@peergate/express'
import type { ErrorRequestHandler } from 'express'
import t from 'tap'
import { ask, closed, findingsOf, gate, listen, reach, read, versions, write } from './test-app.js'

const invalid = { code: 'ERR_PEERGATE_OPTION_INVALID' }
const handleError: ErrorRequestHandler = (_error, _req, res, _next) => {
  res.sendStatus(418)
}

function fail(): never {
  throw new Error('failed')
}

for (const [version, express] of versions) {
  t.test(`express ${version}`, async (t) => {
    t.test('serves static files to those who meet the requirement', async (t) => {
      const app = express()
      const files = express.static(import.meta.dirname)
      app.use(clientIdentity(gate))
      app.use('/files', declareRoutes(files, requirePermission(gate, read)))
      app.use('/secret', declareRoutes(files, requirePermission(gate, write)))
      app.use(denyUnmatched(gate))
      const { reader, stranger } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/files/test-app.js'), '200')
      t.equal(await ask(reader, 'GET', '/files/none'), '404')
      t.equal(await ask(reader, 'GET', '/secret/test-app.js'), '403 PERMISSION_DENIED')
      t.equal(await ask(stranger, 'GET', '/files/test-app.js'), '403 IDENTITY_MISSING')
      t.equal(await ask(stranger, 'GET', '/files/none'), '403 IDENTITY_MISSING')
    })

    t.test('leads through a sub-application, and on behind it as before', async (t) => {
      const app = express()
      const inner = express()
      inner.get('/me', (req, res) => {
        res.send(requireIdentity(req).value)
      })
      inner.use((req, _res, next) => next(req.app === inner ? undefined : new Error('not inner')))
      app.use(clientIdentity(gate))
      app.use('/inner', declareRoutes(inner, authenticated(gate)))
      app.get('/inner/after', authenticated(gate), (req, res) => {
        res.sendStatus(req.app === app ? 200 : 500)
      })
      app.use(denyUnmatched(gate))
      const { reader, stranger } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/inner/me'), '200')
      t.equal(await ask(reader, 'GET', '/inner/after'), '200')
      t.equal(await ask(stranger, 'GET', '/inner/me'), '403 IDENTITY_MISSING')
    })

    t.test('lets a sub-application identify and audit for itself', async (t) => {
      const [app, inner] = [express(), express()]
      inner.use(clientIdentity(gate))
      inner.get('/me', authenticated(gate), reach)
      inner.use(denyUnmatched(gate))
      app.use(clientIdentity(gate))
      app.use('/inner', declareRoutes(inner, publicRoute(gate)))
      app.use(denyUnmatched(gate))
      const { reader, stranger } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/inner/me'), '200')
      t.equal(await ask(stranger, 'GET', '/inner/me'), '403 IDENTITY_MISSING')
      t.equal(await ask(stranger, 'GET', '/inner/none'), '403 IDENTITY_MISSING')
    })

    t.test('hands on what the handler throws, and what forwarding refuses', async (t) => {
      const app = express()
      app.use(clientIdentity(gate, { errors: 'forward' }))
      app.use('/failing', declareRoutes(fail, authenticated(gate)))
      app.use('/denied', declareRoutes(reach, requirePermission(gate, write)))
      app.use(denyUnmatched(gate), handleError)
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/failing'), '418')
      t.equal(await ask(reader, 'GET', '/denied'), '418')
    })

    t.test('is closed before clientIdentity', async (t) => {
      const app = express()
      app.use(declareRoutes(reach, publicRoute(gate)))
      app.use(clientIdentity(gate), denyUnmatched(gate))
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/'), closed)
      t.match(findingsOf(app), /^use \/ stands before clientIdentity\(gate\): mount it after$/u)
    })

    t.test('lets what is passed through stand anywhere, even before clientIdentity', async (t) => {
      const app = express()
      app.use(passThrough(express.json()))
      app.use(clientIdentity(gate))
      app.use(passThrough(express.urlencoded({ extended: false })))
      app.post('/me', authenticated(gate), reach)
      app.use(denyUnmatched(gate))
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'POST', '/me'), '200')
    })

    t.test('refuses to pass through what answers by itself', async (t) => {
      t.throws(() => passThrough(express()), invalid)
      t.throws(() => passThrough(express.Router()), invalid)
      t.throws(() => passThrough(clientIdentity(gate)), invalid)
    })
  })
}

t.test('hands on the rejection of a declared handler, as Express 5 does', async (t) => {
  const [[, express]] = versions
  const app = express()
  app.use(clientIdentity(gate))
  app.use(declareRoutes(() => Promise.reject(new Error('failed')), authenticated(gate)))
  app.use(denyUnmatched(gate), handleError)
  const { reader } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/'), '418')
})

t.test('refuses to declare what is no handler, or has no requirement', async (t) => {
  const requirement = publicRoute(gate)
  t.throws(() => declareRoutes('handler' as never, requirement), invalid)
  t.throws(() => declareRoutes(handleError as never, requirement), invalid)
  t.throws(() => declareRoutes(reach, reach as never), invalid)
  t.throws(() => declareRoutes(reach, undefined as never), invalid)
  t.throws(() => passThrough(undefined as never), invalid)
  t.throws(() => passThrough(handleError as never), invalid)
})
