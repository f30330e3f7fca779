import { on } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { definePolicy } from '@peergate/core'
import type { PeerGate } from '@peergate/core'
import {
  authenticated,
  clientIdentity,
  declareRoutes,
  denyUnmatched,
  passThrough,
  publicRoute,
  requirePermission,
} from '@peergate/express'
import type { Middleware } from '@peergate/express'
import type express from 'express'
import type { ErrorRequestHandler, Express, RequestHandler } from 'express'
import t from 'tap'
import { createTenantGate, findingsOf, gate, reach, versions } from './test-app.js'

type Create = typeof express
type Build = (app: Express, own: Setting) => unknown

interface Setting {
  readonly create: Create
  readonly may: Middleware
  readonly mayWrite: Middleware
  readonly gate: PeerGate
}

const pass: RequestHandler = (_req, _res, next) => next()
const recover: ErrorRequestHandler = (_error, _req, _res, next) => next()

function createApp(create: Create, tenantGate: ReturnType<typeof createTenantGate>, build: Build) {
  const may = requirePermission(tenantGate, tenantGate.permission('invoice:read'))
  const mayWrite = requirePermission(tenantGate, tenantGate.permission('invoice:write'))
  const app = create()
  app.use(clientIdentity(tenantGate))
  build(app, { create, may, mayWrite, gate: tenantGate })
  app.use(denyUnmatched(tenantGate), recover)
  return app
}

/** The next warning of the process whose detail is `detail`. */
async function warningOf(detail: string): Promise<Error> {
  for await (const [warning] of on(process, 'warning')) {
    if (warning.detail === detail) return warning
  }
  throw new Error('the process has ended')
}

/** What is built, and the inventory of it, on both versions or on one. */
const inventories: readonly (readonly [string, Build, readonly string[], string?])[] = [
  [
    'a route for each of its methods',
    (app, { may, mayWrite }) =>
      app.route('/x').get(may, reach).post(mayWrite, reach).head(may, mayWrite, reach),
    ['GET /x invoice:read', 'HEAD /x allOf(invoice:read, invoice:write)', 'POST /x invoice:write'],
  ],
  [
    'a requirement of all methods',
    (app, { may, mayWrite }) => app.route('/x').all(may).get(reach).post(mayWrite, reach),
    ['GET /x invoice:read', 'POST /x allOf(invoice:read, invoice:write)'],
  ],
  [
    'a route of every method',
    (app, { may }) => app.all('/x', may, reach).route('/y').all(may, reach),
    ['ALL /x invoice:read', 'ALL /y invoice:read'],
  ],
  [
    'what comes before the handler, and nothing after it',
    (app, { may, mayWrite }) => app.get('/x', passThrough(pass), may, reach, reach, mayWrite),
    ['GET /x invoice:read'],
  ],
  [
    'what comes before each handler, since the first may answer or go on',
    (app, { may, mayWrite, gate: own }) => {
      app.get('/x', authenticated(own), pass, may, declareRoutes(pass, mayWrite), reach)
      app.all('/y', may, reach, mayWrite, reach)
    },
    [
      'GET /x authenticated',
      'GET /x allOf(invoice:read, invoice:write)',
      'ALL /y invoice:read',
      'ALL /y allOf(invoice:read, invoice:write)',
    ],
  ],
  ['no route that never answers', (app, { may }) => app.get('/x', may, passThrough(pass)), []],
  [
    'each path of a list',
    (app, { may }) => app.get(['/x', ['/y/:id']] as string[], may, reach),
    ['GET /x invoice:read', 'GET /y/:id invoice:read'],
  ],
  [
    'a pattern as it is written',
    (app, { may }) => app.get(/^\/x(?<tenant>.*)$/u, may, reach),
    ['GET /^\\/x(?<tenant>.*)$/u invoice:read'],
  ],
  [
    'the whole path through routers, with what stands before them',
    (app, { create, may, mayWrite, gate: own }) => {
      const inner = create.Router().get('/', may, reach).get('/:id', may, reach)
      const outer = create.Router().use(authenticated(own)).use('/inner/', inner)
      app.use('/outer', mayWrite, outer.get('/own', reach))
      app.use(create.Router().get('/root', may, reach))
    },
    [
      'GET /outer/inner allOf(invoice:write, invoice:read)',
      'GET /outer/inner/:id allOf(invoice:write, invoice:read)',
      'GET /outer/own invoice:write',
      'GET /root invoice:read',
    ],
  ],
  [
    'a router at each of its places',
    (app, { create, may, mayWrite }) => {
      const router = create.Router().get('/x', may, reach)
      const own = create.Router().get('/x', may, reach)
      app.use('/one', router)
      app.use('/two', mayWrite, router)
      return app.use('/self', mayWrite, own.use('/again', own))
    },
    [
      'GET /one/x invoice:read',
      'ALL /self/again invoice:write',
      'GET /self/x allOf(invoice:write, invoice:read)',
      'GET /two/x allOf(invoice:write, invoice:read)',
    ],
  ],
  [
    'the names in the path to a router',
    (app, { create, may }) =>
      app.use('/tenants/:tenant/at', create.Router().get('/:id', may, reach)),
    ['GET /tenants/:tenant/at/:id invoice:read'],
  ],
  [
    'the root where it has a path of its own',
    (app, { may }) => app.get('/', may, reach),
    ['GET / invoice:read'],
  ],
  [
    'what is declared, in `use` and in a route',
    (app, { create, may, mayWrite, gate: own }) => {
      app.use('/files', declareRoutes(create.static('.'), publicRoute(own)))
      app.use(mayWrite, declareRoutes(reach, may))
      app.get('/x', may, declareRoutes(reach, mayWrite))
    },
    [
      'ALL / allOf(invoice:write, invoice:read)',
      'ALL /files publicRoute',
      'GET /x allOf(invoice:write, invoice:read)',
    ],
  ],
  [
    'what cannot be seen into, behind what is required before it',
    (app, { create, may, mayWrite }) => {
      app.use('/files', may, create.static('.'))
      app.use(mayWrite)
      app.use('/admin', create().get('/x', reach))
    },
    ['ALL /admin invoice:write', 'ALL /files invoice:read'],
  ],
  [
    'what another gate shall judge as closed',
    (app, { may }) => app.get('/x', may, publicRoute(gate), reach),
    ['GET /x closed'],
  ],
  [
    'a path that is more than names as a pattern',
    (app, { create, may }) => app.use('/x/:id(\\d+)', create.Router().get('/y', may, reach)),
    ['GET /^\\/x(?:\\/(\\d+))\\/?(?=\\/|$)/i/y invoice:read'],
    '4',
  ],
  [
    'a pattern in the path to a router',
    (app, { create, may }) => app.use(/^\/x/u, create.Router().get('/y', may, reach)),
    ['GET /^\\/x/u/y invoice:read'],
  ],
]

for (const [version, create] of versions) {
  t.test(`express ${version}`, async (t) => {
    for (const [name, build, rows, only = version] of inventories) {
      if (only !== version) continue
      t.test(`lists ${name}`, async (t) => {
        const own = createTenantGate()
        const app = createApp(create, own, build)
        t.equal(findingsOf(app), '')
        const inventory = own.inventory()
        t.strictSame(
          inventory.map(({ method, path, requirement }) => `${method} ${path} ${requirement}`),
          rows,
        )
      })
    }

    t.test('lists what comes later, and once for an application that is told twice', async (t) => {
      const own = createTenantGate()
      const app = create()
      app.use('/a', clientIdentity(own))
      app.use(clientIdentity(own))
      const may = requirePermission(own, own.permission('invoice:write'))
      app.get('/early', may, reach)
      app.use('/nested', create.Router().get('/x', may, reach))
      t.strictSame(
        own.inventory().map(({ path }) => path),
        ['/early', '/nested/x'],
      )
      app.use('/end', create.Router())
      app.get('/late', may, reach)
      app.use(denyUnmatched(own))
      t.equal(findingsOf(app), '')
      t.strictSame(
        own.inventory().map(({ path }) => path),
        ['/early', '/late', '/nested/x'],
      )
    })

    t.test('lists nothing behind the end', async (t) => {
      const own = createTenantGate()
      const app = create()
      app.use(clientIdentity(own), denyUnmatched(own))
      app.get('/x', publicRoute(own), reach)
      t.strictSame(own.inventory(), [])
    })

    t.test('closes the application for what does not fit the policy, if it shall', async (t) => {
      const own = createTenantGate({ findings: 'error' })
      const app = createApp(create, own, (router, { may }) =>
        router.get(`/all${version}`, may, reach),
      )
      const finding =
        'no route needs "invoice:write": take it out of the vocabulary, or name it; ' +
        `grants.1 demands the parameter "tenant", which GET /all${version} does not give to its requirement`
      const warned = warningOf(`- ${finding}`)
      t.equal(findingsOf(app), finding)
      t.match(await warned, {
        code: 'ERR_PEERGATE_AUDIT_FAILED',
        message:
          'the application answers every request with 500, until its routes and the policy fit together',
      })
      own.setPolicy(
        definePolicy({
          identity: 'spiffe',
          permissions: ['invoice:read', 'invoice:write'],
          grants: [{ anyIdentity: true, allow: ['invoice:read', 'invoice:write'] }],
        }),
      )
      t.match(findingsOf(app), /^no route needs "invoice:write"[^;]*$/u)
    })

    t.test('only warns of what no longer fits once the application has passed', async (t) => {
      const own = createTenantGate({ findings: 'error' })
      const late = create.Router()
      const app = createApp(create, own, (router, { may, mayWrite }) => {
        router.get('/:tenant', may, reach)
        router.put('/:tenant', mayWrite, reach)
        router.use(late)
      })
      t.equal(findingsOf(app), '')
      const path = `/late${version}`
      late.get(path, requirePermission(own, own.permission('invoice:read')), reach)
      const finding = `grants.1 demands the parameter "tenant", which GET ${path} does not give to its requirement`
      const warned = warningOf(`- ${finding}`)
      t.equal(findingsOf(app), '')
      t.match(await warned, { message: /^the routes of a running application/u })
      late.get('/open', reach)
      t.match(findingsOf(app), /GET \/open has a handler before any requirement/u)
    })

    t.test('needs what a later handler of a route needs', async (t) => {
      const own = createTenantGate()
      const app = createApp(create, own, (router, { may, mayWrite }) =>
        router.get('/:tenant', may, pass, mayWrite, reach),
      )
      t.equal(findingsOf(app), '')
      t.strictSame(own.audit(), [])
    })

    t.test('closes the application where the gate cannot list its routes', async (t) => {
      const own = createTenantGate()
      const app = createApp(create, own, () => {})
      own.declareRoutes({
        routes: () => {
          throw new Error('failed')
        },
        isComplete: () => true,
      })
      t.equal(findingsOf(app), 'the routes that the gate was told of could not be listed')
    })

    t.test('knows what another application of the gate needs, once that is guarded', async (t) => {
      const own = createTenantGate({ findings: 'error' })
      const [one, other] = [create(), create()]
      one.use(clientIdentity(own))
      other.use(clientIdentity(own))
      one.get('/:tenant', requirePermission(own, own.permission('invoice:read')), reach)
      one.use(denyUnmatched(own))
      t.equal(findingsOf(one), '')
      other.use(denyUnmatched(own))
      t.match(findingsOf(other), /^no route needs "invoice:write"[^;]*$/u)
      other.get('/write', requirePermission(own, own.permission('invoice:write')), reach)
      t.match(findingsOf(other), /stands after denyUnmatched/u)
    })
  })
}

t.test('forgets an application that nobody holds any more', async (t) => {
  const own = createTenantGate()
  const [[, create]] = versions
  const counts = () => own.inventory().length
  const audit = () =>
    findingsOf(createApp(create, own, (app, { may }) => app.get('/a', may, reach)))
  t.equal(audit(), '')
  t.equal(counts(), 1)
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let left = 20; left > 0 && counts() > 0; left -= 1) {
    await setImmediate()
    collect()
  }
  t.equal(counts(), 0)
  t.match(own.audit()[0], { rule: 'permission-unneeded' })
})

t.test('lists a pattern where the router of Express 5 does not tell the path', async (t) => {
  const [[, create]] = versions
  const own = createTenantGate()
  const app = createApp(create, own, (outer, { may }) =>
    outer.use('/x', create.Router().get('/y', may, reach)),
  )
  for (const layer of app.router.stack) Reflect.deleteProperty(layer, 'rawPath')
  t.equal(own.inventory()[0]?.path, '(a pattern)/y')
})

/** A path in the syntax of a version, and the parameters of it that a grant can demand. */
const parameters: readonly (readonly [string, RegExp | string, readonly string[]])[] = [
  ['5', '/:tenant/*rest', ['tenant', 'rest']],
  ['5', '/x{/:tenant}', ['tenant']],
  ['5', String.raw`/\:name/:"a tenant"`, ['a tenant']],
  ['5', '/:größe', ['größe']],
  ['5', /^\/(?<tenant>[a-z]+)(?=x)(?<!y)/u, ['tenant']],
  ['5', String.raw`/\:tenant`, []],
  ['4', '/:tenant/*', ['tenant', '0']],
  ['4', '/:tenant?', ['tenant']],
  ['4', '/:tenant(\\d+)', ['tenant']],
  ['4', /^\/(?<tenant>[a-z]+)/u, ['tenant']],
]

for (const [version, create] of versions) {
  for (const [only, path, names] of parameters) {
    if (only !== version) continue
    t.test(`express ${version} finds in ${String(path)}: ${names.join(', ')}`, async (t) => {
      for (const name of [...names, 'other']) {
        const own = createTenantGate({
          findings: 'error',
          policy: definePolicy({
            identity: 'spiffe',
            permissions: ['invoice:read', 'invoice:write'],
            grants: [
              {
                anyIdentity: true,
                allow: ['invoice:read', 'invoice:write'],
                where: { params: { [name]: 'acme' } },
              },
            ],
          }),
        })
        const app = createApp(create, own, (router, { may }) => router.all(path, may, reach))
        const finding = /demands the parameter/u.test(findingsOf(app))
        t.equal(finding, name === 'other', name)
      }
    })
  }
}
