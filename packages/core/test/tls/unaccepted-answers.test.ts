import { once } from 'node:events'
import { connect } from 'node:http2'
import type { ServerHttp2Session } from 'node:http2'
import { text } from 'node:stream/consumers'
import type { Server, TLSSocket } from 'node:tls'
import { onGateEvent } from '@peergate/core'
import type { IdentityRejectedEvent, TlsGate } from '@peergate/core'
import { openTestClient } from '@peergate/testkit'
import type { TestClient } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { ask, createServerOf, listen, open } from '../support/tls-connection.js'
import type { Protocol } from '../support/tls-connection.js'
import { createTlsSetting } from '../support/tls-setting.js'

const { createGate, anonymous, issueClient, pki } = await createTlsSetting()
const foreign = await issueClient({ issuer: 'batch-client-ca' })
const page = 'https://docs.example/errors/ERR_PEERGATE_'

const peers = [
  {
    name: 'a peer without a certificate',
    code: 'MISSING',
    remedy: 'it needs one that a client CA issued',
    title: 'a client certificate is required',
    certificate: 'required',
  },
  {
    name: 'a peer with the certificate of another CA',
    leaf: { certificate: foreign.cert, key: foreign.key },
    code: 'UNTRUSTED',
    remedy: 'compare the issuer with the client CAs',
    title: 'the client certificate is not trusted',
    certificate: 'rejected',
  },
] as const

/** A server that answers strangers before any of its listeners. */
function createServer(protocol: Protocol): { readonly tls: TlsGate; readonly server: Server } {
  const { tls } = createGate({ mode: 'enforce', problemTypeBase: 'https://docs.example/errors/' })
  const server = createServerOf(protocol, tls.serverOptions, () => 'reached a listener')
  tls.attach(server)
  return { tls, server }
}

async function startServer(t: Test, protocol: Protocol): Promise<number> {
  return await listen(t, createServer(protocol).server)
}

function openClient(
  t: Test,
  port: number,
  protocol: Protocol,
  leaf?: { readonly certificate: string; readonly key: string },
): TestClient {
  const serverCa = pki.authority('server-ca').certificate
  const client = openTestClient({ port, serverCa, protocol, leaf })
  t.teardown(() => client.close())
  return client
}

for (const protocol of ['http/1.1', 'h2'] as const) {
  for (const { name, code, remedy, title, certificate, ...peer } of peers) {
    t.test(`${protocol}: tells the operator what to do about ${name}`, async (t) => {
      const { tls, server } = createServer(protocol)
      const details: (string | null)[] = []
      const told = onGateEvent(({ detail }: IdentityRejectedEvent) => details.push(detail), {
        types: ['identity-rejected'],
        gate: tls.name,
      })
      t.teardown(told.stop)
      const leaf = 'leaf' in peer ? peer.leaf : undefined
      const client = openClient(t, await listen(t, server), protocol, leaf)
      await client.request('GET', '/')
      t.equal(details.length, 1)
      t.match(details[0], remedy)
    })

    t.test(`${protocol}: tells ${name} that one is ${certificate}, and no more`, async (t) => {
      const port = await startServer(t, protocol)
      const client = openClient(t, port, protocol, 'leaf' in peer ? peer.leaf : undefined)
      const { status, headers, body } = await client.request('POST', '/invoices')
      t.equal(status, 401)
      t.strictSame(JSON.parse(body), {
        type: `${page}CERTIFICATE_${code}`,
        title,
        status: 401,
        code: `ERR_PEERGATE_CERTIFICATE_${code}`,
        certificate,
      })
      t.equal(headers['content-type'], 'application/problem+json')
      t.equal(headers['vary'], 'accept')
      t.equal(headers['cache-control'], 'no-store')
      t.notOk('www-authenticate' in headers)
    })
  }

  t.test(`${protocol}: tells it in a line to who prefers text`, async (t) => {
    const port = await startServer(t, protocol)
    const client = openClient(t, port, protocol)
    const { status, headers, body } = await client.request('GET', '/', { accept: 'text/plain' })
    t.equal(status, 401)
    t.equal(headers['content-type'], 'text/plain; charset=utf-8')
    t.equal(body, '401 a client certificate is required (ERR_PEERGATE_CERTIFICATE_MISSING)\n')
  })

  t.test(`${protocol}: reads Accept as long as others write it, and no longer`, async (t) => {
    const client = openClient(t, await startServer(t, protocol), protocol)
    for (const accept of [`text/plain${',a/b'.repeat(3000)}`, ';,"'.repeat(100)]) {
      const { status, headers } = await client.request('GET', '/', { accept })
      t.equal(status, 401)
      t.equal(headers['content-type'], 'application/problem+json')
    }
  })

  t.test(`${protocol}: answers HEAD with the headers alone`, async (t) => {
    const port = await startServer(t, protocol)
    const client = openClient(t, port, protocol)
    for (const accept of ['*/*', 'text/plain']) {
      const { status, headers, body } = await client.request('HEAD', '/', { accept })
      t.equal(status, 401)
      t.ok(headers['content-type'])
      t.equal(body, '')
    }
    t.equal((await client.request('GET', '/')).status, 401, 'the connection is still of use')
  })
}

t.test('http/1.1: reads all lines of Accept', async (t) => {
  const port = await startServer(t, 'http/1.1')
  const lines = ['accept: application/json;q=0.5', 'accept: text/plain']
  t.match(await ask({ ...anonymous, port }, lines), /^(?:[0-9a-f]+\r\n)?401 a client certificate/u)
})

t.test('h2: reads all lines of Accept', async (t) => {
  const session = connect(`https://localhost:${await startServer(t, 'h2')}`, {
    ...anonymous,
    lookup: (_host, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
  })
  t.teardown(() => session.destroy())
  const stream = session.request({ accept: ['application/json;q=0.5', 'text/plain'] })
  t.match(await text(stream), /^401 a client certificate/u)
})

const resets = { CANCEL: 8, INTERNAL_ERROR: 2 } as const

for (const [name, code] of Object.entries(resets)) {
  t.test(`h2: outlives a stranger who resets requests with ${name} as they arrive`, async (t) => {
    const port = await startServer(t, 'h2')
    const socket = open({ ...anonymous, port, ALPNProtocols: ['h2'] })
    t.teardown(() => socket.destroy())
    const payload = Buffer.of(0, 0, 0, code)
    // In one record, so that the server has read the end of a request before it hands the request over.
    socket.write(
      Buffer.concat([
        Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
        frame({ type: settings, stream: 0 }),
        ...[1, 3, 5].flatMap((stream) => [
          frame(requestOf(stream)),
          frame({ type: reset, stream, payload }),
        ]),
        frame({ type: ping, stream: 0, payload: Buffer.alloc(8) }),
      ]),
    )
    await acknowledged(socket)
    const { status } = await openClient(t, port, 'h2').request('GET', '/')
    t.equal(status, 401)
  })
}

t.test('h2: outlives the end of a session while its refusal is told', async (t) => {
  const { tls, server } = createServer('h2')
  server.on('session', (session: ServerHttp2Session) => {
    const told = onGateEvent(() => session.destroy(), {
      types: ['identity-rejected'],
      gate: tls.name,
    })
    t.teardown(told.stop)
  })
  const port = await listen(t, server)
  await t.rejects(openClient(t, port, 'h2').request('GET', '/'))
  t.ok(server.listening)
})

t.test('h2: keeps nothing of a stranger who breaks the protocol and is gone', async (t) => {
  const { server } = createServer('h2')
  // Sooner than the gate would, so that nobody has to wait for it.
  server.on('session', (session: ServerHttp2Session) => session.setTimeout(100))
  const port = await listen(t, server)
  const arrived = once(server, 'secureConnection') as Promise<[TLSSocket]>
  const socket = open({ ...anonymous, port, ALPNProtocols: ['h2'] })
  const body = frame({ type: data, stream: 1, payload: Buffer.from('of no request') })
  socket.write(
    Buffer.concat([
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      frame({ type: settings, stream: 0 }),
      body,
    ]),
  )
  const [kept] = await arrived
  // Since Node 22 it closes with the error of the session, earlier with none.
  const closed = new Promise((resolve) => kept.once('close', resolve))
  await once(socket, 'data')
  socket.destroy()
  await closed
  t.ok(kept.destroyed)
})

/** The types of frames (RFC 9113 §6) that are needed to do what no client of Node would do. */
const [data, headers, reset, settings, ping] = [0, 1, 3, 4, 6] as const

interface Frame {
  readonly type: number
  readonly stream: number
  readonly flags?: number
  readonly payload?: Buffer
}

/** One frame (RFC 9113 §4.1). */
function frame({ type, stream, flags = 0, payload = Buffer.alloc(0) }: Frame): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** `POST / https localhost` by the static table of RFC 7541; its body is yet to come. */
function requestOf(stream: number): Frame {
  const payload = Buffer.concat([Buffer.of(0x83, 0x84, 0x87, 0x41, 9), Buffer.from('localhost')])
  return { type: headers, stream, flags: 0x4, payload }
}

/** Waits until the server answers the ping, by when it has dealt with what came before. */
async function acknowledged(socket: TLSSocket): Promise<void> {
  const answer = Buffer.concat([Buffer.of(0, 0, 8, ping, 1), Buffer.alloc(12)])
  let received = Buffer.alloc(0)
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk as Buffer])
    if (received.includes(answer)) return
  }
  throw new Error('the connection ended before the ping was answered')
}
