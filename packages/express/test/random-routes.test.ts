import {
  authenticated,
  clientIdentity,
  declareRoutes,
  denyUnmatched,
  passThrough,
  requirePermission,
} from '@peergate/express'
import type { ErrorRequestHandler, Express, RequestHandler, Router } from 'express'
import t from 'tap'
import { ask, findingsOf, gate, listen, reach, read, versions } from './test-app.js'

type Path = string | RegExp | string[]
type Add = (router: Router, path: Path, random: Random) => unknown

interface Random {
  readonly pick: <Value>(choices: readonly Value[]) => Value
  readonly pool: readonly Path[]
  readonly createRouter: () => Router
}

const urls = ['/', '/a', '/a/', '/A', '/a/b', '/a//b', '/b', '/ab', '/a/%ff', '/b/a', '/x', '*']
const paths = ['/', '/', '/a', '/a', '/A', '/a/b', '/a/:id', '/b', ['/a', '/b'], ['/'], /^\/a/u]
/** What Express 4 takes for a path, too. */
const patterns = ['*', '/a/?b', '/a/b|/x', '/a/:id?', []]

const may = requirePermission(gate, read)
const recover: ErrorRequestHandler = (_error, _req, _res, next) => next()
const fail = passThrough((_req, _res, next: (error: Error) => void) => next(new Error('failed')))

function rewriteTo(url: string): RequestHandler {
  return (req, _res, next) => {
    req.url = url
    next()
  }
}

/** What a developer may add to a router, well or badly. */
const additions: readonly Add[] = [
  (router, path) => router.use(path, may),
  (router, path) => router.use(path, may),
  (router, path) => router.get(path, may, reach),
  (router, path) => router.route(path).all(authenticated(gate)).get(reach).post(reach),
  (router, path) => router.use(path, declareRoutes(reach, may)),
  (router, path, { pick }) => router.get(path, may, rewriteTo(pick(urls))),
  (router, path, { pick }) => router.use(path, passThrough(rewriteTo(pick(urls)))),
  (router, path, random) => router.use(path, addRandomly(random.createRouter(), random)),
  (router, path) => router.get(path, reach),
  (router, path) => router.use(path, reach),
  (router, path) => router.use(path, fail),
  (router, path) => router.use(path, recover),
  (router, path) => router.get(path, fail, may, recover, reach),
  (router) => router.param('id', (_req, res) => res.send('reached')),
]

function addRandomly<Target extends Router | Express>(target: Target, random: Random): Target {
  const { pick, pool } = random
  for (const _ of Array.from({ length: pick([1, 2, 3]) })) {
    pick(additions)(target as Router, pick(pool), random)
  }
  return target
}

/** Chooses by numbers from a seed, so that a failure comes again. */
function createPick(seed: number): Random['pick'] {
  let state = seed
  return <Value>(choices: readonly Value[]) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return choices[Math.floor((state / 2 ** 32) * choices.length)] as Value
  }
}

// A warning for each application that does not pass would hide everything else.
process.removeAllListeners('warning')

for (const [version, express] of versions) {
  t.test(`express ${version} refuses a stranger everywhere, if the audit passes`, async (t) => {
    const pool: readonly Path[] = version === '4' ? [...paths, ...patterns] : paths
    const random = { pick: createPick(20_230_817), pool, createRouter: express.Router }
    let app = express()
    const { stranger } = await listen(t, (req, res) => app(req, res))
    let passed = 0
    for (let left = 500; left > 0; left -= 1) {
      app = express()
      app.use(clientIdentity(gate))
      addRandomly(app, random)
      app.use(denyUnmatched(gate))
      if (findingsOf(app) !== '') continue
      passed += 1
      for (const url of urls) {
        for (const method of ['GET', 'OPTIONS']) {
          const outcome = await ask(stranger, method, url)
          if (outcome !== '403 IDENTITY_MISSING') t.fail(`${method} ${url} gave ${outcome}`)
        }
      }
    }
    t.ok(passed > 100, 'enough of them pass')
  })
}
