import { PeerGateError, allOf, trustSet } from '@peergate/core'
import {
  authenticated,
  clientIdentity,
  denyUnmatched,
  passThrough,
  publicRoute,
  requireIdentity,
  requirePermission,
} from '@peergate/express'
import { createConformanceGates } from '@peergate/testkit'
import type { ErrorRequestHandler } from 'express'
import t from 'tap'
import { ask, gate, listen, reach, read, versions, write } from './test-app.js'

const other = (await createConformanceGates()).gate

for (const [version, express] of versions) {
  t.test(`express ${version}`, async (t) => {
    t.test('answers 500 with a problem where clientIdentity is missing', async (t) => {
      const app = express()
      app.get('/read', requirePermission(gate, read), reach)
      app.get('/me', authenticated(gate), reach)
      app.get('/open', publicRoute(gate), reach)
      app.get('/throws', (req, res) => {
        res.send(requireIdentity(req).value)
      })
      app.use(denyUnmatched(gate))
      const { reader } = await listen(t, app)
      for (const path of ['/read', '/me', '/open', '/throws', '/none']) {
        t.equal(await ask(reader, 'GET', path), '500 MIDDLEWARE_MISSING')
      }
    })

    t.test('answers 500 with a problem where clientIdentity is of another gate', async (t) => {
      const app = express()
      app.use(clientIdentity(other))
      app.get('/open', publicRoute(gate), reach)
      app.use(denyUnmatched(other))
      const { reader } = await listen(t, app)
      t.equal(await ask(reader, 'GET', '/open'), '500 MIDDLEWARE_MISSING')
    })

    t.test(
      'forwards a refusal, with its detail, to the error handling if it is told to',
      async (t) => {
        const app = express()
        const errors: unknown[] = []
        app.use(clientIdentity(gate, { errors: 'forward' }))
        app.post('/invoices', requirePermission(gate, write), reach)
        app.use(denyUnmatched(gate))
        app.use(((error, _req, res, _next) => {
          errors.push(error)
          res.sendStatus(418)
        }) satisfies ErrorRequestHandler)
        const { reader, stranger } = await listen(t, app)
        t.equal(await ask(reader, 'POST', '/invoices'), '418')
        t.equal(await ask(stranger, 'POST', '/invoices'), '418')
        t.equal(await ask(stranger, 'GET', '/none'), '418')
        t.ok(errors.every((error) => error instanceof PeerGateError))
        t.match(errors, [
          { code: 'ERR_PEERGATE_PERMISSION_DENIED' },
          { code: 'ERR_PEERGATE_IDENTITY_MISSING' },
          { code: 'ERR_PEERGATE_IDENTITY_MISSING' },
        ])
      },
    )

    t.test('gives a stranger one answer for what exists and what does not', async (t) => {
      const app = express()
      const router = express.Router()
      app.use(clientIdentity(gate))
      app.use(passThrough(express.json()))
      app.get('/invoices/:id', requirePermission(gate, read), reach)
      router.get('/nested/:id', requirePermission(gate, read), reach)
      app.use(router)
      app.use(denyUnmatched(gate))
      const { stranger } = await listen(t, app)
      const answers = new Set<string>()
      for (const method of ['GET', 'OPTIONS', 'POST', 'DELETE']) {
        for (const path of ['/invoices/1', '/invoices/%ff', '/nested/1', '/nested/%ff', '/none']) {
          const { status, headers, body } = await stranger.request(method, path)
          answers.add(JSON.stringify([status, { ...headers, date: null }, body]))
        }
      }
      t.equal(answers.size, 1)
      t.match([...answers][0], '403')
    })

    t.test('answers HEAD where the server lets nobody answer it with a body', async (t) => {
      const app = express()
      app.use(clientIdentity(gate))
      app.get('/', requirePermission(gate, write), reach)
      app.use(denyUnmatched(gate))
      const { reader } = await listen(t, app, { rejectNonStandardBodyWrites: true })
      t.equal((await reader.request('HEAD', '/')).status, 403)
    })

    t.test('leaves the errors of a public route to the error handling', async (t) => {
      const app = express()
      app.use(clientIdentity(gate))
      app.get('/open', publicRoute(gate), () => {
        throw new Error('failed')
      })
      app.use(denyUnmatched(gate), ((_error, _req, res, _next) => {
        res.sendStatus(418)
      }) satisfies ErrorRequestHandler)
      const { stranger } = await listen(t, app)
      t.equal(await ask(stranger, 'GET', '/open'), '418')
    })

    t.test('leaves an error before clientIdentity to the error handling', async (t) => {
      const app = express()
      app.use(passThrough((_req, _res, next: (error: unknown) => void) => next(new Error('early'))))
      app.use(clientIdentity(gate))
      app.use(denyUnmatched(gate), ((_error, _req, res, _next) => {
        res.sendStatus(418)
      }) satisfies ErrorRequestHandler)
      const { stranger } = await listen(t, app)
      t.equal(await ask(stranger, 'GET', '/'), '418')
    })
  })
}

t.test('refuses at creation what is no gate, and a permission or a set of nobody', async (t) => {
  const invalid = { code: 'ERR_PEERGATE_OPTION_INVALID' }
  t.throws(() => requirePermission(undefined as never, read), invalid)
  t.throws(() => authenticated({} as never), {
    ...invalid,
    message: /authenticated: option "gate"/u,
  })
  t.throws(() => publicRoute(null as never), invalid)
  t.throws(() => denyUnmatched(undefined as never), invalid)
  t.throws(() => requirePermission(gate, 'invoice:raed' as never), {
    code: 'ERR_PEERGATE_PERMISSION_UNKNOWN',
    message: /did you mean "invoice:read"/u,
  })
  t.throws(() => requirePermission(gate, allOf(read, trustSet('paymnts'))), {
    ...invalid,
    message: /did you mean "payments"/u,
  })
  t.throws(() => requirePermission(gate, allOf(other.permission('invoice:read'))), {
    code: 'ERR_PEERGATE_GATE_FOREIGN',
  })
  t.throws(() => requirePermission(gate, other.permission('invoice:read')), {
    code: 'ERR_PEERGATE_GATE_FOREIGN',
  })
})
