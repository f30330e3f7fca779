import { clientIdentity, denyUnmatched, requirePermission } from '@peergate/express'
import t from 'tap'
import { ask, closed, gate, listen, findingsOf, reach, versions, write } from './test-app.js'

type Path = string | RegExp | (string | RegExp)[]

const both = ['5', '4']

/** What `use` gives a requirement, what a route has, and a path of it which the requirement misses. */
const uncovered: readonly (readonly [Path, Path, string, readonly string[]])[] = [
  ['/admin', '/administration', '/administration', both],
  ['/admin/users', '/admin', '/admin', both],
  ['/admin', '/Admin/x', '/admin/x', both],
  ['/admin', ['/admin/x', '/other'], '/other', both],
  ['/admin', /^\/(?:admin|other)/u, '/other', both],
  ['/admin/:id', '/admin', '/admin', both],
  [['/', '/admin'], '/x', '/x', both],
  [/^\/admin/u, '/admin/x', '/admin/x', both],
  // A regular expression that looks like what Express 4 makes of /admin, but minds the case.
  [/^\/admin\/?(?=\/|$)/, '/admin/x', '/ADMIN/x', both],
  ['/admin', '/:section/x', '/other/x', both],
  ['/admin', '/admin/?x', '/adminx', ['4']],
  ['/admin', '/admin/x|/secret', '/any/secret', ['4']],
  ['/admin', '/admin/:id?.json', '/admin.json', ['4']],
  ['/admin', [], '/x', ['4']],
  ['*', '/admin', '/admin', ['4']],
  ['/ad.?min', '/admin', '/admin', ['4']],
  ['/adm{i}n', '/admn', '/admn', ['5']],
]

/** What `use` gives a requirement, what a route has, and a request to it. */
const covered: readonly (readonly [Path, Path, string, readonly string[]])[] = [
  ['/', '/x', '/x', both],
  ['/', /x/u, '/x', both],
  ['/admin', '/admin', '/admin', both],
  ['/admin', '/admin', '/ADMIN/', both],
  ['/admin/', '/admin', '/admin', both],
  ['/admin', '/admin/', '/admin', both],
  ['/admin', '/admin/:id/x', '/admin/%2e%2e/x', both],
  ['/admin', ['/admin/x', ['/admin/y']] as string[], '/Admin/y', both],
  ['/v1.0/a-b', '/v1.0/a-b/~c', '/v1.0/a-b/~c', both],
  ['/admin', '/admin/:id?', '/admin', ['4']],
  ['/admin', '/admin/*', '/admin//x', ['4']],
  ['/admin', '/admin/*rest', '/admin//x', ['5']],
  [['/other', '/admin'], '/admin/x', '/admin/x', ['5']],
]

for (const [version, express] of versions) {
  const createApp = (prefix: Path, path: Path) => {
    const app = express()
    app.use(clientIdentity(gate))
    app.use(prefix, requirePermission(gate, write))
    app.get(path, reach)
    return app.use(denyUnmatched(gate))
  }

  t.test(`express ${version}`, async (t) => {
    for (const [prefix, path, request, tested] of uncovered) {
      if (!tested.includes(version)) continue
      t.test(`does not take ${String(prefix)} for a prefix of ${String(path)}`, async (t) => {
        const app = createApp(prefix, path)
        t.match(findingsOf(app), /has a handler before any requirement/u)
        const { reader } = await listen(t, app)
        t.equal(await ask(reader, 'GET', request), closed)
      })
    }

    for (const [prefix, path, request, tested] of covered) {
      if (!tested.includes(version)) continue
      t.test(`takes ${String(prefix)} for a prefix of ${String(path)}`, async (t) => {
        const app = createApp(prefix, path)
        t.equal(findingsOf(app), '')
        const { reader } = await listen(t, app)
        t.equal(await ask(reader, 'GET', request), '403 PERMISSION_DENIED')
      })
    }
  })
}
