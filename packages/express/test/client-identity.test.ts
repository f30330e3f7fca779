import { clientIdentity, denyUnmatched, publicRoute, requireIdentity } from '@peergate/express'
import { readerId } from '@peergate/testkit'
import t from 'tap'
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
          const copy = Object.create(req) as typeof req
          t.throws(() => requireIdentity(copy), { code: 'ERR_PEERGATE_MIDDLEWARE_MISSING' })
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
