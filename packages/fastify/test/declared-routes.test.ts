import cors from '@fastify/cors'
import fastifyStatic from '@fastify/static'
import { publicRoute } from '@peergate/core'
import { peergate } from '@peergate/fastify'
import type { PeergateOptions } from '@peergate/fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { ask, codeThrownBy, createApp, gate, listen, read, write } from './test-app.js'

async function createGuardedApp(routes?: PeergateOptions['routes']): Promise<FastifyInstance> {
  const app = createApp()
  await app.register(peergate, { gate, ...(routes === undefined ? {} : { routes }) })
  return app
}

const preflight = { origin: 'https://app.example', 'access-control-request-method': 'POST' }

t.test('closes the preflight route of @fastify/cors, if it is not declared', async (t) => {
  const app = await createGuardedApp()
  await app.register(cors)
  const { reader, stranger } = await listen(t, app)
  t.equal((await reader.request('OPTIONS', '/invoices', preflight)).status, 500)
  t.equal((await stranger.request('OPTIONS', '/invoices', preflight)).status, 403)
})

t.test('opens the preflight route of @fastify/cors as it is declared', async (t) => {
  const app = await createGuardedApp({ 'OPTIONS *': publicRoute })
  await app.register(cors)
  app.post('/invoices', { config: { permission: write } }, () => 'ok')
  const { reader, stranger } = await listen(t, app)
  const { status, headers } = await stranger.request('OPTIONS', '/invoices', preflight)
  t.equal(status, 204)
  t.match(headers, { 'access-control-allow-origin': '*' })
  t.equal(await ask(stranger, 'POST', '/invoices'), '403 IDENTITY_MISSING')
  const refused = await reader.request('POST', '/invoices', preflight)
  t.equal(refused.status, 403)
  t.match(refused.headers, { 'access-control-allow-origin': undefined })
})

t.test('closes the files of @fastify/static, if they are not declared', async (t) => {
  const app = await createGuardedApp()
  const root = t.testdir({ 'a.txt': 'the file' })
  await app.register(fastifyStatic, { root, prefix: '/files/' })
  const { reader, stranger } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/files/a.txt'), '500 ROUTE_UNDECLARED')
  t.equal(await ask(reader, 'HEAD', '/files/a.txt'), '500')
  t.equal(await ask(stranger, 'GET', '/files/a.txt'), '403 IDENTITY_MISSING')
})

t.test('opens the files of @fastify/static as they are declared', async (t) => {
  const app = await createGuardedApp({ 'GET /files/*': read })
  const root = t.testdir({ 'a.txt': 'the file' })
  await app.register(fastifyStatic, { root, prefix: '/files/' })
  app.get('/download', { config: { permission: read } }, (_request, reply) =>
    reply.download('a.txt', 'naïve.txt'),
  )
  const { reader, stranger } = await listen(t, app)
  t.equal((await reader.request('GET', '/files/a.txt')).body, 'the file')
  t.equal(await ask(reader, 'HEAD', '/files/a.txt'), '200')
  t.equal(await ask(reader, 'GET', '/files/missing.txt'), '404')
  t.match((await reader.request('GET', '/download')).headers, {
    'content-disposition': /^attachment; filename="na.ve\.txt"/u,
  })
  for (const path of ['/files/a.txt', '/files/missing.txt']) {
    t.equal(await ask(stranger, 'GET', path), '403 IDENTITY_MISSING')
  }
})

t.test('tells HEAD apart from GET where both are declared', async (t) => {
  const app = await createGuardedApp({ 'GET /x': read, 'HEAD /x': write })
  app.get('/x', () => 'ok')
  const { reader } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/x'), '200')
  t.equal(await ask(reader, 'HEAD', '/x'), '403')
})

t.test('opens only the method that is declared', async (t) => {
  const app = await createGuardedApp({ 'GET /x': read })
  app.route({ method: ['GET', 'POST'], url: '/x', handler: () => 'ok' })
  const { reader } = await listen(t, app)
  t.equal(await ask(reader, 'GET', '/x'), '200')
  t.equal(await ask(reader, 'POST', '/x'), '500 ROUTE_UNDECLARED')
})

t.test('refuses to start with a name that no route has', async (t) => {
  const app = await createGuardedApp({ 'get /x': read })
  app.get('/x', () => 'ok')
  await t.rejects(async () => app.ready(), {
    code: 'ERR_PEERGATE_OPTION_INVALID',
    detail: 'peergate: option "routes" names "get /x", which nobody registered after the gate',
  })
})

t.test('refuses a route that states its requirement itself and is declared too', async (t) => {
  const app = await createGuardedApp({ 'GET /x': read })
  t.throws(() => app.get('/x', { config: { permission: write } }, () => 'ok'), {
    code: 'ERR_PEERGATE_OPTION_INVALID',
    detail: 'peergate: option "routes" names "GET /x", which states its requirement itself',
  })
})

t.test('refuses a requirement that its gate does not know', async (t) => {
  const routes = { 'GET /x': 'invoice:raed' as never }
  const code = await codeThrownBy(() => createGuardedApp(routes))
  t.equal(code, 'ERR_PEERGATE_PERMISSION_UNKNOWN')
})
