import { once } from 'node:events'
import { connect } from 'node:http2'
import type { ClientHttp2Session, ServerHttp2Session } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { createServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { onGateEvent, socketSource } from '@peergate/core'
import t from 'tap'
import type { Test } from 'tap'
import { readPeer } from '../../support/read-peer.js'
import { createServerOf, listen, open } from '../../support/tls-connection.js'
import type { Protocol } from '../../support/tls-connection.js'
import { createTlsSetting } from '../../support/tls-setting.js'

const { createGate, anonymous, issueClient } = await createTlsSetting()
const stranger = await issueClient({ issuer: 'rogue-client-ca' })

/** A server that counts what reaches any listener of its requests. */
async function startCounting(t: Test, protocol: Protocol, events: readonly string[] = []) {
  const { tls } = createGate({ mode: 'enforce' })
  const reached: string[] = []
  const server = createServerOf(protocol, tls.serverOptions, () => {
    reached.push('request')
    return ''
  })
  tls.attach(server)
  const sockets = new Set<TLSSocket>()
  server.prependListener('secureConnection', (socket) => sockets.add(socket))
  for (const event of events) {
    server.on(event, () => {
      reached.push(event)
      // Nobody waits for an answer that will not come.
      for (const socket of sockets) socket.destroy()
    })
  }
  return { reached, server, port: await listen(t, server) }
}

/** Everything that the server answers to `lines` until it ends the connection. */
async function exchange(port: number, lines: readonly string[]): Promise<string> {
  const socket = open({ ...stranger, port })
  socket.write(lines.join('\r\n'))
  let answer = ''
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
  socket.on('error', () => undefined)
  await once(socket, 'close')
  return answer
}

for (const [event, head] of [
  ['upgrade', ['GET / HTTP/1.1', 'host: localhost', 'connection: upgrade', 'upgrade: websocket']],
  ['connect', ['CONNECT localhost:1 HTTP/1.1', 'host: localhost']],
  [
    'checkContinue',
    ['POST / HTTP/1.1', 'host: localhost', 'expect: 100-continue', 'content-length: 2'],
  ],
  ['checkExpectation', ['GET / HTTP/1.1', 'host: localhost', 'expect: anything']],
] as const) {
  t.test(`${event} of a peer that is not accepted closes its connection`, async (t) => {
    const told: string[] = []
    const subscription = onGateEvent(({ code }) => told.push(code), {
      types: ['identity-rejected'],
    })
    t.teardown(() => subscription.stop())
    const { reached, port } = await startCounting(t, 'http/1.1', [event])
    t.equal(await exchange(port, [...head, '', '']), '')
    t.strictSame(reached, [])
    t.strictSame(told, ['ERR_PEERGATE_CERTIFICATE_UNTRUSTED'])
  })
}

t.test('requests that arrive together are each answered, and reach no listener', async (t) => {
  const { reached, port } = await startCounting(t, 'http/1.1')
  const request = ['GET / HTTP/1.1', 'host: localhost', '']
  const last = ['GET / HTTP/1.1', 'host: localhost', 'connection: close', '', '']
  const answer = await exchange(port, [...request, ...request, ...last])
  t.equal(answer.match(/^HTTP\/1\.1 401 /gmu)?.length, 3)
  t.equal(answer.match(/"code":"ERR_PEERGATE_CERTIFICATE_UNTRUSTED"/gu)?.length, 3)
  t.strictSame(reached, [])
})

t.test('a body that nobody reads does not keep the next request from its answer', async (t) => {
  const { reached, port } = await startCounting(t, 'http/1.1')
  const body = 'x'.repeat(100_000)
  const post = ['POST / HTTP/1.1', 'host: localhost', `content-length: ${body.length}`, '', body]
  const last = ['GET / HTTP/1.1', 'host: localhost', 'connection: close', '', '']
  const answer = await exchange(port, [post.join('\r\n') + last.join('\r\n')])
  t.equal(answer.match(/^HTTP\/1\.1 401 /gmu)?.length, 2)
  t.strictSame(reached, [])
})

t.test('the answer names the page of its code where it is told of one', async (t) => {
  const { tls } = createGate({ mode: 'enforce', problemTypeBase: 'https://errors.example/' })
  const server = createServerOf('http/1.1', tls.serverOptions, () => '')
  tls.attach(server)
  const port = await listen(t, server)
  const last = ['GET / HTTP/1.1', 'host: localhost', 'connection: close', '', '']
  const answer = await exchange(port, last)
  t.match(answer, '"type":"https://errors.example/ERR_PEERGATE_CERTIFICATE_UNTRUSTED"')
})

t.test('HEAD is answered also where the server lets nobody answer it with a body', async (t) => {
  const { tls } = createGate({ mode: 'enforce' })
  const made = { ...tls.serverOptions, rejectNonStandardBodyWrites: true }
  const server = createHttpsServer(made)
  tls.attach(server)
  const port = await listen(t, server)
  const head = ['HEAD / HTTP/1.1', 'host: localhost', 'connection: close', '', '']
  t.match(await exchange(port, head), /^HTTP\/1\.1 401 /u)
})

t.test('a request too many of a peer that is not accepted reaches no listener', async (t) => {
  const { reached, server, port } = await startCounting(t, 'http/1.1', ['dropRequest'])
  Object.assign(server, { maxRequestsPerSocket: 1 })
  const request = ['GET / HTTP/1.1', 'host: localhost', '']
  const last = ['GET / HTTP/1.1', 'host: localhost', 'connection: close', '', '']
  const answer = await exchange(port, [...request, ...last])
  t.strictSame(answer.match(/^HTTP\/1\.1 \d+/gmu), ['HTTP/1.1 401', 'HTTP/1.1 503'])
  t.strictSame(reached, [])
})

function openSession(t: Test, port: number): ClientHttp2Session {
  const session = connect(`https://localhost:${port}`, {
    ...stranger,
    lookup: (_host, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
  })
  session.on('error', () => undefined)
  t.teardown(() => session.destroy())
  return session
}

async function statusOf(session: ClientHttp2Session): Promise<unknown> {
  const stream = session.request({ ':path': '/' })
  stream.on('error', () => undefined)
  const ended = once(stream, 'close').then(() => [{}])
  const [headers] = (await Promise.race([once(stream, 'response'), ended])) as [
    Record<string, unknown>,
  ]
  stream.resume()
  return headers[':status']
}

t.test('streams reach no listener of the server, nor one of their session', async (t) => {
  const { reached, server, port } = await startCounting(t, 'h2', ['stream'])
  server.on('session', (session: ServerHttp2Session) => {
    session.on('stream', () => {
      reached.push('stream of the session')
      session.destroy()
    })
  })
  const session = openSession(t, port)
  t.equal(await statusOf(session), 401)
  t.equal(await statusOf(session), 401)
  t.strictSame(reached, [])
})

t.test('streams that are taken back at once harm nobody, and reach no listener', async (t) => {
  const { reached, port } = await startCounting(t, 'h2', ['stream'])
  for (const code of [0, 1, 8]) {
    const session = openSession(t, port)
    await once(session, 'connect')
    for (let turn = 0; turn < 20; turn += 1) {
      const stream = session.request({ ':path': '/', ':method': 'POST' }, { endStream: false })
      stream.on('error', () => undefined)
      stream.close(code)
    }
    t.equal(await statusOf(session), 401)
    session.destroy()
  }
  t.strictSame(reached, [])
})

/** The preface of a client, its settings, and one request whose headers are complete. */
const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame(0x4, 0, 0),
  // Of the static table: GET, https and /; and :authority as a literal.
  frame(0x1, 0x4, 1, Buffer.from([0x82, 0x87, 0x84, 0x41, 0x01, 0x61])),
])

function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

for (const [name, behind] of [
  ['a stream that is reset behind it', frame(0x3, 0, 1, Buffer.from([0, 0, 0, 1]))],
  ['a session that breaks behind it', frame(0x1, 0x4, 2)],
  ['a session that is left behind it', frame(0x7, 0, 0, Buffer.alloc(8))],
] as const) {
  t.test(`a request in one packet with ${name} reaches no listener`, async (t) => {
    const { reached, server, port } = await startCounting(t, 'h2', ['stream'])
    const sessions: ServerHttp2Session[] = []
    server.on('session', (session: ServerHttp2Session) => sessions.push(session))
    server.on('sessionError', () => undefined)
    const socket = open({ ...stranger, port, ALPNProtocols: ['h2'] })
    socket.on('error', () => undefined)
    await once(socket, 'secureConnect')
    socket.resume().write(Buffer.concat([preface, behind]))
    // The server has read whatever came in before this is answered.
    socket.end()
    await once(socket, 'close')
    t.equal(sessions.length, 1)
    t.equal(await statusOf(openSession(t, port)), 401, 'the server is there')
    t.strictSame(reached, [])
  })
}

for (const protocol of ['http/1.1', 'h2'] as const) {
  t.test(`whoever cuts off a peer of ${protocol} when it is told of it harms nobody`, async (t) => {
    const { reached, server, port } = await startCounting(t, protocol)
    const connections = new Set<{ readonly destroy: () => unknown }>()
    const opened = protocol === 'h2' ? 'session' : 'secureConnection'
    server.on(opened, (connection: TLSSocket) => connections.add(connection))
    const subscription = onGateEvent(
      () => {
        for (const connection of connections) connection.destroy()
      },
      { types: ['identity-rejected'] },
    )
    t.teardown(() => subscription.stop())
    const last = ['GET / HTTP/1.1', 'host: localhost', 'connection: close', '', '']
    if (protocol === 'h2') t.equal(await statusOf(openSession(t, port)), undefined)
    else t.equal(await exchange(port, last), '')
    t.ok(connections.size > 0)
    t.strictSame([reached, subscription.faults], [[], 0])
  })
}

t.test('a connection without a protocol of the server is closed', async (t) => {
  const { reached, port } = await startCounting(t, 'h2', ['unknownProtocol'])
  t.equal(await exchange(port, ['GET / HTTP/1.1', 'host: localhost', '', '']), '')
  t.strictSame(reached, [])
})

t.test('a server of HTTP/2 that serves HTTP/1 too answers both', async (t) => {
  const { tls } = createGate({ mode: 'enforce' })
  const server = createServerOf(
    'h2',
    { ...tls.serverOptions, allowHTTP1: true } as object,
    () => 'x',
  )
  tls.attach(server)
  const port = await listen(t, server)
  const last = ['GET / HTTP/1.1', 'host: localhost', 'connection: close', '', '']
  t.match(await exchange(port, last), /^HTTP\/1\.1 401 /u)
  t.equal(await statusOf(openSession(t, port)), 401)
})

t.test('a server that does not speak HTTP cannot be attached, since nobody could answer', (t) => {
  const { tls } = createGate({ mode: 'enforce' })
  t.throws(() => tls.attach(createServer(tls.serverOptions)), {
    code: 'ERR_PEERGATE_OPTION_INVALID',
    message: /the mode "enforce" answers over HTTP/u,
  })
  const observing = createGate({ mode: 'observe' }).tls
  observing.attach(createServer(observing.serverOptions))
  t.end()
})

t.test('an answered peer is nobody to whoever reads the socket', async (t) => {
  const { tls } = createGate({ mode: 'enforce' })
  const source = socketSource({ tls })
  const server = createHttpsServer(tls.serverOptions)
  tls.attach(server)
  const port = await listen(t, server)
  const connected = once(server, 'secureConnection')
  const socket = open({ ...anonymous, port })
  t.teardown(() => socket.destroy())
  const [accepted] = (await connected) as [object]
  t.equal(readPeer(source, { socket: accepted }), 'ERR_PEERGATE_CERTIFICATE_MISSING')
})
