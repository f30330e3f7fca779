import type { IncomingMessage } from 'node:http'
import { clientIdentity, denyUnmatched, publicRoute, requireIdentity } from '@peergate/express'
import { readerId } from '@peergate/testkit'
import t from 'tap'
import { markIdentified } from '../src/identified-request.js'
import { ask, gate, listen, versions } from './test-app.js'

for (const [version, express] of versions) {
  t.test(`express ${version}`, async (t) => {
    t.test('identifies, and refuses nobody by itself', async (t) => {
      const app = express()
      app.use(clientIdentity(gate))
      app.get('/open', publicRoute(gate), (req, res) => {
        res.json(req.clientIdentity?.value ?? null)
      })
      app.use(denyUnmatched(gate))
      const { reader, stranger } = await listen(t, app)
      t.equal((await reader.request('GET', '/open')).body, JSON.stringify(readerId))
      t.equal((await stranger.request('GET', '/open')).body, 'null')
    })

    t.test(
      'gives the identity to requireIdentity, which throws the refusal without one',
      async (t) => {
        const app = express()
        app.use(clientIdentity(gate))
        app.get('/open', publicRoute(gate), (req, res) => {
          res.send(requireIdentity(req).value)
        })
        app.use(denyUnmatched(gate))
        const { reader, stranger } = await listen(t, app)
        t.equal((await reader.request('GET', '/open')).body, readerId)
        t.equal(await ask(stranger, 'GET', '/open'), '403 IDENTITY_MISSING')
      },
    )
  })
}

t.test('refuses at creation what is no gate or no option', async (t) => {
  const invalid = { code: 'ERR_PEERGATE_OPTION_INVALID' }
  t.throws(() => clientIdentity({} as never), invalid)
  t.throws(() => clientIdentity(gate, { error: 'forward' } as never), {
    ...invalid,
    message: /option "error" is not known; did you mean "errors"\?/u,
  })
  t.throws(() => clientIdentity(gate, { errors: 'ignore' as never }), invalid)
})

t.test('requireIdentity refuses a request that clientIdentity did not see', async (t) => {
  const missing = { code: 'ERR_PEERGATE_MIDDLEWARE_MISSING' }
  t.throws(() => requireIdentity({} as never), missing)
  for (const answer of [{}, null, 1, () => undefined]) {
    const mocked = new Proxy({}, { get: () => answer })
    t.throws(() => requireIdentity(mocked as never), missing)
  }
})

t.test('a copy of a request has no identity', async (t) => {
  const request = {} as IncomingMessage
  markIdentified(request, { admission: { identity: {}, refusal: null } } as never)
  t.ok(requireIdentity(request))
  t.throws(() => requireIdentity({ ...request } as never), {
    code: 'ERR_PEERGATE_MIDDLEWARE_MISSING',
  })
})
