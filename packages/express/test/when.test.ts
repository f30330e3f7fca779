import { EventEmitter, once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { allOf, anyOf } from '@peergate/core'
import type { PeerGateError } from '@peergate/core'
import {
  authenticated,
  clientIdentity,
  declareRoutes,
  denyUnmatched,
  passThrough,
  publicRoute,
  requirePermission,
  when,
} from '@peergate/express'
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import t from 'tap'
import { ask, createTenantGate, listen, reach, versions } from './test-app.js'

const handleError: ErrorRequestHandler = (error, _req, res, _next) => {
  res.status(418).send(String(error.code ?? error.message))
}

const goOn: RequestHandler = (_req, _res, next) => next()

/** Answers while something behind it is waited for. */
const impatient: RequestHandler = (_req, res, next) => {
  setImmediate(() => res.sendStatus(503))
  next()
}

const never = when(() => false)
const neverLater = when(async () => false)

/** As middleware does whose listener for headers fails, by an error or by nothing. */
const breakAnswer = passThrough((req: Request, res: Response, next: () => void) => {
  const thrown = req.url.endsWith('/nothing') ? undefined : new Error('a listener failed')
  res.writeHead = () => {
    Reflect.deleteProperty(res, 'writeHead')
    throw thrown
  }
  next()
})

function fail(): never {
  throw new Error('the database is gone')
}

for (const [version, express] of versions) {
  /** An application that is guarded by a gate of its own, and what went wrong in its predicates. */
  const createGuardedApp = (errors: 'answer' | 'forward' = 'answer') => {
    const faults: PeerGateError[] = []
    const gate = createTenantGate({ onFault: (error) => void faults.push(error) })
    const app = express()
    app.use(clientIdentity(gate, { errors }))
    const may = requirePermission(gate, gate.permission('invoice:read'))
    return { app, gate, faults, may }
  }

  t.test(`express ${version}`, async (t) => {
    t.test('asks a predicate of identity and request, and waits for its answer', async (t) => {
      const { app, gate } = createGuardedApp()
      const mine = when(
        ({ value }, { params }: Request<{ id: string }>) =>
          value.endsWith('/reader') && params.id === '1',
      )
      const mineLater = when(async (_identity, { params }: Request<{ id: string }>) => {
        await wait(2)
        return params.id === '1'
      })
      app.get('/now/:id', requirePermission(gate, mine), reach)
      app.get('/later/:id', requirePermission(gate, anyOf(mineLater, mineLater)), reach)
      app.use(denyUnmatched(gate))
      const { reader, stranger } = await listen(t, app)
      for (const path of ['/now', '/later']) {
        t.equal(await ask(reader, 'GET', `${path}/1`), '200')
        t.equal(await ask(reader, 'GET', `${path}/2`), '403 CONDITION_UNMET')
        t.equal(await ask(stranger, 'GET', `${path}/1`), '403 IDENTITY_MISSING')
      }
    })

    t.test('denies by a predicate that fails, and reports it', async (t) => {
      const { app, gate, faults } = createGuardedApp()
      const predicates = {
        '/throws': when(() => fail()),
        '/rejects': when(async () => Promise.resolve().then(fail)),
        '/other': when(() => 1 as never),
        '/later': when(async () => 'true' as never),
      }
      for (const [path, predicate] of Object.entries(predicates)) {
        app.get(path, requirePermission(gate, predicate), reach)
      }
      app.use(denyUnmatched(gate))
      const { reader } = await listen(t, app)
      for (const path of Object.keys(predicates)) {
        t.equal(await ask(reader, 'GET', path), '403 CONDITION_FAULTY')
      }
      t.equal(faults.length, 4)
      t.match(faults[0]?.cause, { message: 'the database is gone' })
    })

    t.test('hands on a denial that comes later, if it is told to', async (t) => {
      const { app, gate } = createGuardedApp('forward')
      app.get(
        '/x',
        requirePermission(
          gate,
          when(async () => false),
        ),
        reach,
      )
      app.use(denyUnmatched(gate), handleError)
      const { reader } = await listen(t, app)
      const { status, body } = await reader.request('GET', '/x')
      t.strictSame([status, body], [418, 'ERR_PEERGATE_CONDITION_UNMET'])
    })

    t.test('goes on once, and hands on what fails after it has waited', async (t) => {
      const { app, gate } = createGuardedApp()
      const later = requirePermission(
        gate,
        when(async () => true),
      )
      let handled = 0
      app.get('/once', later, later, (_req, res) => {
        handled += 1
        res.sendStatus(200)
      })
      app.get('/fails', later, fail)
      app.use('/declared', declareRoutes(fail, later))
      app.use(
        '/nothing',
        declareRoutes(() => Promise.reject(undefined), later),
      )
      app.use(denyUnmatched(gate), handleError)
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/once'), '200')
      t.equal(handled, 1)
      for (const [path, message] of [
        ['/fails', 'the database is gone'],
        ['/declared', 'the database is gone'],
        ['/nothing', 'a declared handler threw nothing'],
      ] as const) {
        const { status, body } = await reader.request('GET', path)
        t.strictSame([status, body], [418, message])
      }
    })

    t.test('hands on what an answer throws, at once and later', async (t) => {
      const { app, gate } = createGuardedApp()
      app.get('/now/:what', breakAnswer, requirePermission(gate, never), reach)
      app.get('/later/:what', breakAnswer, requirePermission(gate, neverLater), reach)
      app.use(denyUnmatched(gate), handleError)
      const { reader } = await listen(t, app)
      for (const path of ['/now', '/later']) {
        for (const [what, message] of [
          ['error', 'a listener failed'],
          ['nothing', 'an answer threw nothing'],
        ] as const) {
          const { status, body } = await reader.request('GET', `${path}/${what}`)
          t.strictSame([status, body], [418, message], path)
        }
      }
    })

    t.test('lives on where something else has answered meanwhile', async (t) => {
      const { app, gate } = createGuardedApp()
      const slow = when(async () => {
        await wait(20)
        return false
      })
      app.get('/slow', passThrough(impatient), requirePermission(gate, slow), reach)
      const errors: unknown[] = []
      app.use(denyUnmatched(gate), ((error, _req, _res, _next) => {
        errors.push(error)
      }) satisfies ErrorRequestHandler)
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/slow'), '503')
      t.equal(await ask(reader, 'GET', '/slow'), '503')
      await wait(50)
      t.match(errors, [
        { code: 'ERR_PEERGATE_CONDITION_UNMET' },
        { code: 'ERR_PEERGATE_CONDITION_UNMET' },
      ])
    })

    t.test('lives on where the client has gone meanwhile', async (t) => {
      const { app, gate } = createGuardedApp()
      const signals = new EventEmitter()
      const [begun, decided] = [once(signals, 'begun'), once(signals, 'decided')]
      const slow = when(async (_identity, { url }) => {
        if (url !== '/slow') return true
        signals.emit('begun')
        await decided
        return false
      })
      app.get('/:any', requirePermission(gate, slow), reach)
      app.use(denyUnmatched(gate))
      const { reader, second } = await listen(t, app)
      const gone = t.rejects(reader.request('GET', '/slow'))
      await begun
      reader.close()
      await gone
      signals.emit('decided')
      t.equal(await ask(second, 'GET', '/quick'), '200')
    })

    t.test('compares the parameters of the route with the grant', async (t) => {
      const { app, gate, may } = createGuardedApp()
      const merging = express.Router({ mergeParams: true }).get('/x', may, reach)
      const forgetting = express.Router().get('/x', may, reach)
      app.get('/own/:tenant', may, reach)
      app.get('/declared/:tenant', declareRoutes(reach, may))
      app.get(
        '/all/:tenant',
        requirePermission(gate, allOf(gate.permission('invoice:read'))),
        reach,
      )
      app.use('/merged/:tenant', merging)
      app.use('/forgotten/:tenant', forgetting)
      app.get('/other/:id', may, reach)
      app.use(denyUnmatched(gate))
      const { reader } = await listen(t, app)
      for (const path of [
        '/own/acme',
        '/own/%61cme',
        '/declared/acme',
        '/all/acme',
        '/merged/acme/x',
      ]) {
        t.equal(await ask(reader, 'GET', path), '200', path)
      }
      for (const path of [
        '/own/other',
        '/own/other?tenant=acme',
        '/declared/other',
        '/merged/other/x',
        '/forgotten/acme/x',
        '/other/acme',
      ]) {
        t.equal(await ask(reader, 'GET', path), '403 PERMISSION_DENIED', path)
      }
      t.strictSame(
        gate
          .audit()
          .map(({ detail }) => / which (?<route>\S+ \S+)/u.exec(detail)?.groups?.['route']),
        [undefined, 'GET /forgotten/:tenant/x', 'GET /other/:id'],
      )
    })

    t.test(
      'denies by what is given to `use`, in front of a route with the parameter',
      async (t) => {
        const { app, gate, may } = createGuardedApp()
        app.use('/used', may)
        app.get('/used/:tenant', publicRoute(gate), reach)
        app.use(
          '/declared/:tenant',
          declareRoutes(reach, requirePermission(gate, gate.permission('invoice:read'))),
        )
        app.use(denyUnmatched(gate))
        const { reader } = await listen(t, app)
        t.equal(await ask(reader, 'GET', '/used/acme'), '403 PERMISSION_DENIED')
        t.equal(await ask(reader, 'GET', '/declared/acme'), '403 PERMISSION_DENIED')
        t.match(
          gate.audit().map(({ detail }) => detail),
          [
            /no route needs/u,
            /which GET \/used\/:tenant does not/u,
            /which ALL \/declared\/:tenant does not/u,
          ],
        )
      },
    )

    t.test('gives no parameter that occurs twice on the way', async (t) => {
      const { app, gate, may } = createGuardedApp()
      const merging = express.Router({ mergeParams: true }).get('/merged/:tenant', may, reach)
      const forgetting = express.Router().get('/own/:tenant', may, reach)
      app.use('/:tenant', merging)
      app.use('/of/:tenant/:id', merging)
      app.get(['/one/:tenant', '/two/:id/:tenant'], may, reach)
      app.use('/:tenant', forgetting)
      app.use(denyUnmatched(gate))
      const { reader } = await listen(t, app)
      for (const path of ['/acme/merged/acme', '/other/merged/acme', '/other/own/acme']) {
        t.equal(await ask(reader, 'GET', path), '403 PERMISSION_DENIED', path)
      }
      t.equal(await ask(reader, 'GET', '/two/1/acme'), '200')
      const places = gate.audit().map(({ detail }) => / which GET (\S+)/u.exec(detail)?.[1])
      t.strictSame(places, [
        undefined,
        '/:tenant/merged/:tenant',
        '/of/:tenant/:id/merged/:tenant',
        '/:tenant/own/:tenant',
      ])
    })

    t.test('gives no parameters of a route that a request has left', async (t) => {
      const { app, gate, may } = createGuardedApp()
      app.get(
        '/:tenant/*path'.slice(0, version === '4' ? 10 : undefined),
        authenticated(gate),
        goOn,
      )
      app.get('/:tenant', may, goOn)
      app.use('/:tenant', declareRoutes(reach, may))
      app.use(denyUnmatched(gate))
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/acme'), '403 PERMISSION_DENIED')
    })

    t.test('gives none to a middleware that stands in a route and in `use`', async (t) => {
      const { app, gate, may } = createGuardedApp()
      app.use('/:used/x', may)
      app.get('/:tenant', may, reach)
      app.use(denyUnmatched(gate))
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/acme'), '403 PERMISSION_DENIED')
      t.match(gate.audit()[1]?.detail, 'which GET /:tenant does not give to its requirement')
    })
  })
}
