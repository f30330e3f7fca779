import { once } from 'node:events'
import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:http2'
import type { ClientHttp2Stream } from 'node:http2'
import { setTimeout as wait } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { createConformanceGates } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { requestText, startHoldingServer } from '../support/holding-server.js'

const { pki, issueClient } = await createConformanceGates()
const worker = await issueClient()

const get = (path: string) => requestText('GET', path)

/** How a connection can hand over a request. */
const requests = [
  ['request', get('/2')],
  ['request', requestText('POST', '/2', 'content-length: 4\r\n\r\nbody')],
  ['request', requestText('GET', '/2', 'expect: 100-continue\r\n\r\n')],
  ['checkContinue', requestText('GET', '/2', 'expect: 100-continue\r\n\r\n')],
  ['checkExpectation', requestText('GET', '/2', 'expect: a miracle\r\n\r\n')],
  ['upgrade', requestText('GET', '/2', 'connection: upgrade\r\nupgrade: chat\r\n\r\n')],
  ['connect', requestText('CONNECT', 'localhost:443')],
] as const

/** The events of `server` that bring a request, as they reach a listener behind the TLS gate. */
function watch(server: EventEmitter, event: string): readonly string[] {
  const seen: string[] = []
  for (const each of new Set(['request', event])) {
    server.on(each, ({ url }: IncomingMessage) => seen.push(`${each} ${url}`))
  }
  return seen
}

for (const [event, text] of requests) {
  const name = `${event}: ${text.split('\r\n').slice(0, -2).join(' ')}`

  t.test(`hands over what an accepted connection asks, ${name}`, async (t) => {
    const { server, open } = await startHoldingServer(t, pki)
    const seen = watch(server, event)
    open(worker).write(text)
    while (seen.length === 0) await wait(5)
    t.match(seen, [`${event} ${event === 'connect' ? 'localhost:443' : '/2'}`])
  })

  t.test(`performs nothing that arrives after the end of a connection, ${name}`, async (t) => {
    const { server, open, deny, responses, reached } = await startHoldingServer(t, pki)
    const seen = watch(server, event)
    const client = open(worker)
    client.write(get('/1'))
    await reached(1)
    responses[0]?.end('one')
    await once(client.socket, 'data')
    deny(worker)
    client.write(text)
    t.match(await client.received, /one$/u)
    t.strictSame(seen, ['request /1'])
  })

  t.test(`performs nothing behind an answer that is the last one, ${name}`, async (t) => {
    const { server, open, deny, responses, reached } = await startHoldingServer(t, pki)
    const seen = watch(server, event)
    const client = open(worker)
    client.write(get('/1'))
    await reached(1)
    deny(worker)
    client.write(text)
    await wait(50)
    responses[0]?.end('one')
    t.match(await client.received, /connection: close\r\n.*one$/isu)
    t.strictSame(seen, ['request /1'])
  })

  t.test(`performs nothing behind a request that is refused, ${name}`, async (t) => {
    const { server, open, deny, responses } = await startHoldingServer(t, pki)
    server.once('request', () => deny(worker))
    const seen = watch(server, event)
    const client = open(worker)
    client.write(get('/1'), text)
    while (seen.length === 0) await wait(5)
    responses[0]?.end('one')
    t.match(await client.received, /connection: close\r\n.*one$/isu)
    t.strictSame(seen, ['request /1'])
  })
}

t.test(
  'answers all that it has begun to perform, and announces the close on the last',
  async (t) => {
    const { open, deny, responses, reached } = await startHoldingServer(t, pki)
    const client = open(worker)
    client.write(get('/1'), get('/2'))
    await reached(2)
    deny(worker)
    responses[1]?.end('two')
    responses[0]?.end('one')
    const received = await client.received
    t.match(received, /one.*connection: close.*two$/isu)
    t.equal(received.match(/connection: close/giu)?.length, 1)
  },
)

t.test('counts an answer once, however often it is said to be closed', async (t) => {
  const { open, deny, responses, reached } = await startHoldingServer(t, pki)
  const client = open(worker)
  client.write(get('/1'), get('/2'))
  await reached(2)
  responses[0]?.end('one')
  await once(responses[0] as ServerResponse, 'close')
  responses[0]?.emit('close')
  deny(worker)
  responses[1]?.end('two')
  t.match(await client.received, /one.*connection: close.*two$/isu)
})

t.test('ends a connection behind an answer that could not announce it any more', async (t) => {
  const { open, deny, responses, reached } = await startHoldingServer(t, pki)
  const client = open(worker)
  client.write(get('/1'))
  await reached(1)
  responses[0]?.write('o')
  deny(worker)
  client.write(get('/2'))
  await wait(50)
  responses[0]?.end('ne')
  t.match(await client.received, /connection: keep-alive.*o\r\n.*ne\r\n0\r\n\r\n$/isu)
  t.equal(responses.length, 1)
})

t.test('does not cut off an answer that its client is slow to read', async (t) => {
  const { open, deny, responses, reached } = await startHoldingServer(t, pki)
  const client = open(worker)
  client.write(get('/1'))
  await reached(1)
  client.socket.pause()
  responses[0]?.end('a'.repeat(2 ** 24))
  deny(worker)
  client.write(get('/2'))
  await wait(100)
  client.socket.resume()
  const received = await client.received
  t.equal(received.length - received.indexOf('\r\n\r\n') - 4, 2 ** 24)
})

t.test('cuts off at once whoever asks on over a connection that was ended', async (t) => {
  const { server, open, deny } = await startHoldingServer(t, pki)
  const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>
  const client = open(worker, { allowHalfOpen: true })
  const [socket] = await accepted
  deny(worker)
  await once(client.socket.resume(), 'end')
  await wait(50)
  t.notOk(socket.destroyed, 'the client may take its time to end the connection as well')
  const cut = once(socket, 'close', { signal: AbortSignal.timeout(5000) })
  client.write(get('/1'))
  await t.resolves(cut, 'long before closing.within')
})

t.test('hands over a request that was let in before closing began a second time', async (t) => {
  const { server, open, deny, responses, reached } = await startHoldingServer(t, pki)
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    deny(worker)
    response.writeContinue()
    server.emit('request', request, response)
  })
  const client = open(worker)
  client.write(requestText('POST', '/1', 'expect: 100-continue\r\ncontent-length: 4\r\n\r\n'))
  await reached(1)
  client.write('body')
  responses[0]?.end('one')
  t.match(await client.received, /100 Continue.*connection: close.*one$/isu)
})

t.test('leaves alone what is emitted as a request and is none', async (t) => {
  const { server } = await startHoldingServer(t, pki)
  const seen: unknown[] = []
  server.on('request', (request) => seen.push(request))
  for (const request of [undefined, {}, { socket: null }, { socket: {} }]) {
    t.ok(server.emit('request', request))
  }
  t.strictSame(seen, [undefined, {}, { socket: null }, { socket: {} }])
})

t.test('ends an upgraded connection', async (t) => {
  const { server, open, deny } = await startHoldingServer(t, pki)
  const upgraded = once(server, 'upgrade')
  const client = open(worker)
  client.write(requestText('GET', '/', 'connection: upgrade\r\nupgrade: chat\r\n\r\n'))
  await upgraded
  deny(worker)
  t.equal(await client.received, '')
})

t.test('answers the streams in progress on HTTP/2, and refuses those behind GOAWAY', async (t) => {
  const { port, deny, responses, reached } = await startHoldingServer(t, pki, { protocol: 'h2' })
  const { session, ask } = openHttp2(t, port)
  const goaway = once(session, 'goaway')
  const begun = [ask('/1'), ask('/2')]
  await reached(2)
  deny(worker)
  const late = ask('/3')
  t.match(await goaway, [0, 3], 'the last stream that is performed')
  for (const response of responses) response.end('answered')
  t.strictSame(await Promise.all(begun), [200, 200])
  t.equal(await late, 'ERR_HTTP2_STREAM_ERROR')
  await once(session, 'close')
  t.equal(responses.length, 2)
})

t.test('performs no stream that arrives with the one at which the peer is refused', async (t) => {
  const setting = await startHoldingServer(t, pki, { protocol: 'h2' })
  setting.server.once('request', () => setting.deny(worker))
  const { session, ask } = openHttp2(t, setting.port)
  await once(session, 'connect')
  const [first, ...others] = ['/1', '/2', '/3'].map(ask)
  await setting.reached(1)
  await wait(50)
  setting.responses[0]?.end('answered')
  t.equal(await first, 200)
  t.strictSame(
    await Promise.all(others),
    others.map(() => 'ERR_HTTP2_STREAM_ERROR'),
  )
  t.equal(setting.responses.length, 1)
})

t.test('closes an HTTP/2 session on which nothing is asked, by GOAWAY', async (t) => {
  const { port, deny } = await startHoldingServer(t, pki, { protocol: 'h2' })
  const { session } = openHttp2(t, port)
  await once(session, 'remoteSettings')
  const goaway = once(session, 'goaway')
  deny(worker)
  t.equal((await goaway)[0], 0)
  await once(session, 'close')
})

/** A client of HTTP/2 whose requests come to a status, or to the code of an error. */
function openHttp2(t: Test, port: number) {
  const { certificate: cert, key } = worker
  const ca = pki.authority('server-ca').certificate
  const session = connect(`https://localhost:${port}`, { ca, cert, key })
  t.teardown(() => session.destroy())
  return { session, ask: async (path: string) => statusOf(session.request({ ':path': path })) }
}

async function statusOf(stream: ClientHttp2Stream): Promise<unknown> {
  try {
    const [headers] = await once(stream, 'response')
    return headers[':status']
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  } finally {
    stream.resume()
  }
}
