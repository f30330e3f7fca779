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
import type { ErrorRequestHandler, Express, RequestHandler } from 'express'
import t from 'tap'
import { ask, closed, findingsOf, gate, listen, reach, read, versions, write } from './test-app.js'

type Build = (app: Express, create: typeof express) => unknown

const may = requirePermission(gate, read)
const mayNot = requirePermission(gate, write)
const pass: RequestHandler = (_req, _res, next) => next()
const recover: ErrorRequestHandler = (_error, _req, _res, next) => next()
const unseen =
  /cannot be seen into: declareRoutes\(handler, requirement\) if it answers, passThrough/u
const tooEarly = /has a handler before any requirement: put requirePermission, authenticated or/u

/** The routes of an application, a path, and what the audit finds. */
const faults: readonly (readonly [string, Build, string, RegExp])[] = [
  ['a route that states nothing', (app) => app.get('/x', reach), '/x', tooEarly],
  ['a handler before the requirement', (app) => app.get('/x', reach, may), '/x', tooEarly],
  [
    'a handler of another method than the requirement',
    (app) => app.route('/x').post(may, reach).get(reach),
    '/x',
    /^GET \/x has a handler/u,
  ],
  [
    'a handler of HEAD beside the requirement of GET',
    (app) => app.route('/x').get(may, reach).head(reach),
    '/x',
    /^HEAD \/x has a handler/u,
  ],
  [
    'a handler of all methods beside the requirement of one',
    (app) => app.route('/x').get(may).all(reach),
    '/x',
    /^ALL \/x has a handler/u,
  ],
  ['a route of all methods', (app) => app.all('/x', reach), '/x', /^ALL \/x has a handler/u],
  ['a requirement of another route', (app) => app.get('/y', may).get('/x', reach), '/x', tooEarly],
  ['a bare handler', (app) => app.use('/x', reach), '/x', unseen],
  ['a bare handler with the name of a parser', (app) => app.use('/x', named()), '/x', unseen],
  [
    'static files',
    (app, create) => app.use('/x', create.static(import.meta.dirname)),
    '/x/find-faults.test.js',
    /^use \/x \(serveStatic\) cannot be seen into/u,
  ],
  [
    'a sub-application',
    (app, create) => app.use('/x', create().get('/y', reach)),
    '/x/y',
    /^use \/x \(mounted_app\) cannot be seen into/u,
  ],
  [
    'a sub-application on a router',
    (app, create) => app.use('/x', create.Router().use(create().get('/y', reach) as never)),
    '/x/y',
    unseen,
  ],
  [
    'a handler with a stack that is no router',
    (app) => app.use('/x', Object.assign(pass.bind(null), { stack: [] })),
    '/x',
    unseen,
  ],
  [
    'a route of a router',
    (app, create) => app.use('/x', create.Router({ mergeParams: true }).get('/y', reach)),
    '/x/y',
    /^GET \/x\/y has a handler/u,
  ],
  [
    'a router that is mounted behind a requirement and before it',
    (app, create) => {
      const router = create.Router().get('/y', reach)
      app.use('/closed', may, router)
      app.use('/x', router)
    },
    '/x/y',
    /^GET \/x\/y has a handler[^;]*$/u,
  ],
  [
    'a router within itself',
    (app, create) => {
      const router = create.Router()
      app.use('/x', router.use('/y', router))
    },
    '/x/y',
    /^use \/x\/y \(router\) cannot be seen into/u,
  ],
  [
    'a requirement inside of a router, for what stands after the router',
    (app, create) => app.use(create.Router().use(may)).get('/x', reach),
    '/x',
    tooEarly,
  ],
  [
    'the callback of a parameter',
    (app) => app.param('id', callback).get('/x/:id', may, reach),
    '/x/1',
    /^the callback of the parameter id runs before any requirement of \/x\/:id: mount the router/u,
  ],
  [
    'the callback of a parameter of middleware',
    (app) => app.param('id', callback).use('/x/:id', passThrough(pass)),
    '/x/1',
    /the callback of the parameter id runs/u,
  ],
  [
    'the callback of a parameter that may be in a pattern',
    (app) => app.param('id', callback).get(/^\/x\/(?<id>.+)/u, may, reach),
    '/x/1',
    /the callback of the parameter id runs before any requirement of \(a pattern\)/u,
  ],
  [
    'an error handler before the end',
    (app) => app.use(recover).get('/x', may, reach),
    '/x',
    /^the error handler recover of \/ stands before denyUnmatched\(gate\): mount it after$/u,
  ],
  [
    'an error handler that may let on what skipped the requirement of its route',
    (app) => app.get('/x', passThrough(fail), may, recover, reach),
    '/x',
    /^the error handler recover of \/x stands before denyUnmatched/u,
  ],
  [
    'an error handler of a router that is behind a requirement',
    (app, create) => app.use('/x', may, create.Router().use(recover)),
    '/x',
    /^the error handler recover of \/x\/ stands before/u,
  ],
  [
    'middleware that may lead on to a path behind a requirement',
    (app) => {
      app.use('/x', mayNot)
      app.get('/alias', publicRoute(gate), ((req, _res, next) => {
        req.url = '/x/secret'
        next()
      }) satisfies RequestHandler)
      app.get('/x/secret', reach)
    },
    '/alias',
    /^GET \/x\/secret has a handler/u,
  ],
  [
    'what follows the end',
    (app) => app.use(denyUnmatched(gate)).get('/x', may, reach),
    '/x',
    /^route \/x stands after denyUnmatched\(gate\): mount it before; use \/ stands after/u,
  ],
]

/** The routes of an application that passes, a path, and what reader and stranger get for it. */
const closings: readonly (readonly [string, Build, string, string, string])[] = [
  ['a requirement', (app) => app.get('/x', may, reach), '/x', '200', '403 IDENTITY_MISSING'],
  ['HEAD by GET', (app) => app.get('/x', may, reach), '/x', '200', '403 IDENTITY_MISSING'],
  [
    'all of several requirements',
    (app) => app.get('/x', publicRoute(gate), may, mayNot, reach),
    '/x',
    '403 PERMISSION_DENIED',
    '403 IDENTITY_MISSING',
  ],
  [
    'a requirement of all methods, for each of them',
    (app) => app.route('/x').all(may).get(reach).post(reach),
    '/x',
    '200',
    '403 IDENTITY_MISSING',
  ],
  [
    'a requirement before a router, for all in it',
    (app, create) => app.use('/x', mayNot, create.Router().get('/y', reach).use(pass)),
    '/x/y',
    '403 PERMISSION_DENIED',
    '403 IDENTITY_MISSING',
  ],
  [
    'a requirement before a router that is within itself',
    (app, create) => {
      const router = create.Router().get('/z', reach)
      app.use('/x', may, router.use('/y', router))
    },
    '/x/y/y/z',
    '200',
    '403 IDENTITY_MISSING',
  ],
  [
    'a requirement of a router, for what comes later in it',
    (app, create) => app.use(create.Router().use(may).get('/x', reach)),
    '/x',
    '200',
    '403 IDENTITY_MISSING',
  ],
  [
    'a requirement in a route, before what is passed through and declared',
    (app) => app.get('/x', passThrough(pass), may, declareRoutes(reach, mayNot)),
    '/x',
    '403 PERMISSION_DENIED',
    '403 IDENTITY_MISSING',
  ],
  [
    'an end inside of a route, as any requirement',
    (app) => app.get('/x', denyUnmatched(gate), reach),
    '/x',
    '200',
    '403 IDENTITY_MISSING',
  ],
  [
    'an error handler of a router, after an end of the router',
    (app, create) =>
      app.use('/x', create.Router().get('/y', may, fail).use(denyUnmatched(gate), teapot)),
    '/x/y',
    '418',
    '403 IDENTITY_MISSING',
  ],
  [
    'a requirement before the callback of a parameter',
    (app) => app.param('id', callback).use(authenticated(gate)).get('/x/:id', reach),
    '/x/1',
    '200',
    '403 IDENTITY_MISSING',
  ],
  [
    'a parameter without a callback, beside one with it',
    (app) => app.param('id', callback).get('/x/:name', may, reach),
    '/x/1',
    '200',
    '403 IDENTITY_MISSING',
  ],
]

function named(): RequestHandler {
  return function jsonParser(_req, res) {
    res.send('reached')
  }
}

function fail(_req: unknown, _res: unknown, next: (error: unknown) => void): void {
  next(new Error('failed'))
}

const teapot: ErrorRequestHandler = (_error, _req, res, _next) => {
  res.sendStatus(418)
}

function callback(_req: unknown, _res: unknown, next: () => void): void {
  next()
}

for (const [version, create] of versions) {
  const createApp = (build: Build) => {
    const app = create()
    app.use(clientIdentity(gate))
    build(app, create)
    app.use(denyUnmatched(gate))
    return app
  }

  t.test(`express ${version}`, async (t) => {
    for (const [name, build, path, finding] of faults) {
      t.test(`closes ${name}`, async (t) => {
        const app = createApp(build)
        const { reader, stranger } = await listen(t, app)
        t.equal(await ask(stranger, 'GET', path), closed)
        t.equal(await ask(reader, 'GET', path), closed)
        t.match(findingsOf(app), finding)
      })
    }

    for (const [name, build, path, forReader, forStranger] of closings) {
      t.test(`accepts ${name}`, async (t) => {
        const app = createApp(build)
        t.equal(findingsOf(app), '')
        const { reader, stranger } = await listen(t, app)
        t.equal(await ask(reader, 'GET', path), forReader)
        t.equal(await ask(stranger, 'GET', path), forStranger)
        t.equal(await ask(stranger, 'HEAD', path), forStranger.slice(0, 3))
      })
    }

    t.test('accepts only an end that is mounted for all paths', async (t) => {
      const app = create()
      app.use(clientIdentity(gate))
      app.use('/api', denyUnmatched(gate))
      t.equal(findingsOf(app), 'denyUnmatched(gate) is missing: mount it last, without a path')
    })
  })
}
