import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import type { OutgoingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createResumption } from '#core/tls/resumption.js'
import { createTlsGate, socketSource } from '@peergate/core'
import type { HostOptions, PeerRefusal, TlsGateOptions } from '@peergate/core'
import { createConformanceGates } from '@peergate/testkit'
import type { MintedLeaf } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { faultOf } from '../support/fault-of.js'
import { readPeer } from '../support/read-peer.js'
import { createServerOf, listen, open } from '../support/tls-connection.js'
import { createGatedServer } from '../support/tls-setting.js'

const { pki, issueClient } = await createConformanceGates()
const ca = pki.authority('server-ca').certificate
const payments = pki.authority('payments-client-ca').certificate
const intermediate = pki.authority('payments-intermediate').certificate
const batch = pki.authority('batch-client-ca').certificate
const [a, b] = [await issueServer('a.test'), await issueServer('b.test')]
const payer = await issueClient()
const below = await issueClient({ issuer: 'payments-intermediate' })
const batcher = await issueClient({ issuer: 'batch-client-ca' })

/** Two hosts, each for the clients of one CA. */
const hosts = {
  'a.test': { server: a, clientCas: { payments } },
  'b.test': { server: b, clientCas: { batch } },
}

async function issueServer(name: string): Promise<{ cert: string; key: string }> {
  const leaf = await pki.issue({
    issuer: 'server-ca',
    subject: `CN=${name}`,
    usage: 'server',
    dns: [name],
  })
  return { cert: leaf.certificate, key: leaf.key }
}

interface Call {
  readonly port: number
  readonly client?: MintedLeaf
  readonly servername: string
  readonly maxVersion?: 'TLSv1.2'
  /** The request line and the header lines. */
  readonly lines?: readonly string[]
}

/** The body of the answer, or `refused` where the connection ended without one. */
async function call({ client = payer, servername, lines, ...options }: Call): Promise<string> {
  const name = servername.toLowerCase()
  const socket = open({
    ...options,
    ca,
    cert: client.certificate,
    key: client.key,
    servername,
    checkServerIdentity: () => undefined,
  })
  socket.on('error', () => undefined)
  const request = lines ?? ['GET / HTTP/1.1', `host: ${name}:${options.port}`]
  socket.write([...request, 'connection: close', '', ''].join('\r\n'))
  const [, body = 'refused'] = (await text(socket).catch(() => '')).split('\r\n\r\n')
  return body
}

async function start(t: Test, options: Partial<TlsGateOptions> = {}) {
  const events = new EventEmitter()
  const onRefused = (refusal: PeerRefusal) => events.emit('refused', refusal)
  const tls = createTlsGate({ hosts, onRefused, ...options } as TlsGateOptions)
  const nextRefusal = async () => {
    const [refusal] = await once(events, 'refused', { signal: AbortSignal.timeout(5000) })
    return refusal as PeerRefusal
  }
  return { tls, nextRefusal, port: await listen(t, createGatedServer(tls)) }
}

t.test('judges a connection by the client CAs of the host that it asks for', async (t) => {
  for (const options of [{}, { refusals: 'recorded' }, { minVersion: 'TLSv1.2' }] as const) {
    const { port, nextRefusal } = await start(t, options)
    t.equal(await call({ port, servername: 'a.test' }), 'tls payments')
    t.equal(await call({ port, servername: 'b.test', client: batcher }), 'tls batch')
    const refused = nextRefusal()
    t.equal(await call({ port, servername: 'b.test' }), 'refused')
    const { error, servername } = await refused
    t.strictSame([error.code, servername], ['ERR_PEERGATE_CERTIFICATE_UNTRUSTED', 'b.test'])
    t.equal(await call({ port, servername: 'a.test', client: batcher }), 'refused')
  }
})

t.test('decides on every server name', async (t) => {
  for (const maxVersion of [undefined, 'TLSv1.2'] as const) {
    const version = maxVersion === undefined ? {} : { maxVersion }
    const { port, nextRefusal } = await start(t, { minVersion: 'TLSv1.2' })
    t.equal(await call({ port, servername: 'A.Test', ...version }), 'tls payments')
    for (const [name, servername, fault] of [
      ['none', '', /asked for no host by name/u],
      ['an unknown one', 'c.test', /asked for "c\.test", which is none of the hosts/u],
      ['one with a dot at its end', 'a.test.', /asked for "a\.test\.", which is none/u],
      ['one of a domain above', 'test', /asked for "test"/u],
      ['one of a domain below', 'x.a.test', /asked for "x\.a\.test"/u],
    ] as const) {
      const refused = nextRefusal()
      t.equal(await call({ port, servername, ...version }), 'refused', name)
      const { error } = await refused
      t.equal(error.code, 'ERR_PEERGATE_HOST_UNKNOWN', name)
      t.match(error.detail, fault, name)
    }
  }
})

t.test('answers no request for another host than that of its connection', async (t) => {
  const { port } = await start(t)
  const mismatch = 'ERR_PEERGATE_HOST_MISMATCH'
  for (const [lines, answer] of [
    [['GET / HTTP/1.1', 'host: a.test'], 'tls payments'],
    [['GET / HTTP/1.1', 'Host: A.TEST:8443'], 'tls payments'],
    [['OPTIONS * HTTP/1.1', 'host: a.test'], 'tls payments'],
    [['GET https://a.test/ HTTP/1.1', 'host: a.test'], 'tls payments'],
    [['GET https://A.test:8443?q HTTP/1.1', 'host: a.test'], 'tls payments'],
    [['GET / HTTP/1.1', 'host: b.test'], mismatch],
    [['GET / HTTP/1.1', 'host: a.test.'], mismatch],
    [['GET / HTTP/1.1', 'host: a.test.evil.test'], mismatch],
    [['GET / HTTP/1.1', 'host: a.test@b.test'], mismatch],
    [['GET / HTTP/1.1', 'host:'], mismatch],
    [['GET / HTTP/1.1', 'host: a.test', 'host: b.test'], mismatch],
    [['GET / HTTP/1.1', 'host: a.test', 'Host: a.test'], mismatch],
    [['GET / HTTP/1.0'], mismatch],
    [['GET https://b.test/ HTTP/1.1', 'host: a.test'], mismatch],
    [['GET https://a.test@b.test/ HTTP/1.1', 'host: a.test'], mismatch],
    [['GET ftp://a.test/ HTTP/1.1', 'host: a.test'], mismatch],
    [['GET //b.test/ HTTP/1.1', 'host: a.test'], mismatch],
    [['GET /\\b.test/ HTTP/1.1', 'host: a.test'], mismatch],
  ] as const) {
    t.equal(await call({ port, servername: 'a.test', lines }), answer, lines.join(' | '))
  }
})

t.test('of HTTP/2, compares the authority and the host alike', async (t) => {
  const tls = createTlsGate({ hosts })
  const port = await listen(t, createGatedServer(tls, {}, 'h2'))
  const session = connectHttp2(`https://127.0.0.1:${port}`, {
    ca,
    cert: payer.certificate,
    key: payer.key,
    servername: 'a.test',
    checkServerIdentity: () => undefined,
  })
  t.teardown(() => session.destroy())
  const ask = async (headers: OutgoingHttpHeaders) => text(session.request(headers))
  const mismatch = 'ERR_PEERGATE_HOST_MISMATCH'
  t.equal(await ask({ ':authority': `a.test:${port}` }), 'tls payments')
  t.equal(await ask({ ':authority': 'a.test', host: 'a.test' }), 'tls payments')
  t.equal(await ask({ host: 'a.test' }), 'tls payments')
  t.equal(await ask({ host: 'b.test' }), mismatch)
  t.equal(await ask({ ':authority': 'b.test' }), mismatch)
  t.equal(await ask({ ':authority': 'a.test', host: 'b.test' }), mismatch)
})

t.test('refuses CONNECT to another host', async (t) => {
  const tls = createTlsGate({ hosts })
  const server = createGatedServer(tls)
  const port = await listen(t, server)
  const source = socketSource({ tls })
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    socket.end(`HTTP/1.1 200 OK\r\n\r\n${readPeer(source, request)}`)
  })
  const ask = async (target: string) =>
    call({ port, servername: 'a.test', lines: [`CONNECT ${target} HTTP/1.1`, 'host: a.test'] })
  t.equal(await ask('a.test:443'), 'tls payments')
  t.equal(await ask('b.test:443'), 'ERR_PEERGATE_HOST_MISMATCH')
})

t.test('ends chains at an intermediate where a host names it as an anchor', async (t) => {
  const { port } = await start(t, {
    hosts: {
      'a.test': { server: a, clientCas: { payments: intermediate } },
      'b.test': { server: b, clientCas: { production: { anchors: batch } } },
    },
  })
  t.equal(await call({ port, servername: 'a.test', client: below }), 'tls payments')
  t.equal(await call({ port, servername: 'a.test' }), 'refused', 'the root of the intermediate')
  t.equal(await call({ port, servername: 'b.test', client: batcher }), 'tls production')
  t.equal(await call({ port, servername: '', client: below }), 'refused')
})

t.test('puts new material in force at every host at once', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'peergate-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const [casOfA, certOfB] = [`${folder}/a-ca.pem`, `${folder}/b.pem`]
  writeFileSync(casOfA, payments)
  writeFileSync(certOfB, b.cert)
  const { tls, port } = await start(t, {
    hosts: {
      'a.test': { server: a, clientCas: { payments: casOfA } },
      'b.test': { server: { ...b, cert: certOfB }, clientCas: { batch } },
    },
  })
  const live = { a: keepOpen(port, 'a.test', payer), b: keepOpen(port, 'b.test', batcher) }
  t.equal(await live.a.ask(), 'tls payments')
  t.equal(await live.b.ask(), 'tls batch')
  const { epoch } = tls

  writeFileSync(casOfA, batch)
  writeFileSync(certOfB, a.cert)
  await t.rejects(tls.reload(), { code: 'ERR_PEERGATE_SERVER_CERTIFICATE_INVALID' })
  t.equal(tls.epoch, epoch, 'one faulty host keeps all of them as they were')
  t.equal(await call({ port, servername: 'a.test' }), 'tls payments')

  writeFileSync(casOfA, intermediate)
  writeFileSync(certOfB, b.cert)
  t.equal((await tls.reload()).isNewEpoch, true)
  t.equal(await live.a.ask(), 'refused')
  t.equal(await live.b.ask(), 'tls batch')
  t.equal(await call({ port, servername: 'a.test' }), 'refused')
  t.equal(await call({ port, servername: 'a.test', client: below }), 'tls payments')
})

/** A client that makes all its requests over one connection. */
function keepOpen(port: number, servername: string, { certificate, key }: MintedLeaf) {
  const socket = open({ port, ca, cert: certificate, key, servername })
  socket.on('error', () => undefined)
  const closed = once(socket, 'close').then(() => 'refused')
  return {
    async ask(): Promise<string> {
      socket.write(`GET / HTTP/1.1\r\nhost: ${servername}\r\n\r\n`)
      const answer = once(socket, 'data').then(([data]: unknown[]) => String(data))
      return (await Promise.race([answer, closed])).split('\r\n\r\n')[1] ?? 'refused'
    },
  }
}

t.test('resumes a session at its own host only, or not at all', async (t) => {
  const resumption = { maxAge: 60 }
  t.equal(
    faultOf(() =>
      createResumption(resumption, {
        haveOwnCas: true,
        minVersion: 'TLSv1.2',
        nodeVersion: '26.10.0',
      }),
    )?.detail,
    'createTlsGate: option "resumption" with client CAs per host needs minVersion "TLSv1.3"; a resumed session of TLSv1.2 does not say which host it is for',
  )
  if (process.version.startsWith('v20.')) {
    t.throws(() => createTlsGate({ hosts, resumption }), { code: 'ERR_PEERGATE_OPTION_INVALID' })
    return
  }
  const reused: boolean[] = []
  const tls = createTlsGate({ hosts, resumption })
  const server = createGatedServer(tls)
  server.on('secureConnection', (socket) => reused.push(socket.isSessionReused()))
  const port = await listen(t, server)
  const common = { port, ca, cert: payer.certificate, key: payer.key }
  const ask = async (servername: string, session?: Buffer) => {
    const socket = open({ ...common, servername, ...(session === undefined ? {} : { session }) })
    socket.on('error', () => undefined)
    const given = once(socket, 'session') as Promise<[Buffer]>
    given.catch(() => undefined)
    socket.write(`GET / HTTP/1.1\r\nhost: ${servername}\r\nconnection: close\r\n\r\n`)
    const [, body = 'refused'] = (await text(socket).catch(() => '')).split('\r\n\r\n')
    return { body, given }
  }
  const { body, given } = await ask('a.test')
  t.equal(body, 'tls payments')
  const [session] = await given
  t.equal((await ask('a.test', session)).body, 'tls payments')
  t.equal((await ask('b.test', session)).body, 'refused')
  t.strictSame(reused, [false, true])
})

function epochOf(own: Readonly<Record<string, HostOptions>>): string {
  return createTlsGate({ hosts: own }).epoch
}

t.test('has one epoch for the same hosts, and another for others', (t) => {
  const epoch = epochOf(hosts)
  t.equal(epochOf({ 'b.test': hosts['b.test'], 'a.test': hosts['a.test'] }), epoch)
  t.not(epochOf({ 'a.test': hosts['a.test'] }), epoch)
  t.not(createTlsGate(hosts['a.test']).epoch, epochOf({ 'a.test': hosts['a.test'] }))
  t.end()
})

/** An intermediate without its root. */
const other = await createConformanceGates()
const rootless = other.pki.authority('payments-intermediate').certificate

t.test('refuses hosts that are not whole, or that cannot be told apart', (t) => {
  const host = hosts['a.test']
  const server = { cert: pki.leaf('server').certificate, key: pki.leaf('server').key }
  const both = { anchors: ca, alsoIssuesServers: true }
  for (const [options, fault] of [
    [{ hosts: {} }, /option "hosts" must name at least one host/u],
    [{ hosts: [] }, /option "hosts" must be hosts by name/u],
    [{ hosts: { 'A.test': host } }, /must be the DNS name of a host, in lower case/u],
    [{ hosts: { 'a.test.': host } }, /must be the DNS name of a host/u],
    [{ hosts: { '*.test': host } }, /must be the DNS name of a host/u],
    [
      { hosts: { 'a.test': { server: a } } },
      /option "hosts\.a\.test\.clientCas" must be sets of CAs/u,
    ],
    [{ hosts, server: a }, /option "server" belongs to each of the hosts/u],
    [{ hosts, clientCas: { payments } }, /option "clientCas" belongs to each of the hosts/u],
    [{ hosts: { 'b.test': host } }, /certificate 1 of hosts\.b\.test\.server\.cert does not bear/u],
    [
      { hosts: { 'a.test': { ...host, server: { ...a, key: b.key } } } },
      /hosts\.a\.test\.server\.key belongs to another certificate/u,
    ],
    [
      { hosts: { ...hosts, 'b.test': { server: b, clientCas: { other: payments } } } },
      /hosts\.a\.test\.clientCas\.payments and hosts\.b\.test\.clientCas\.other share a CA key/u,
    ],
    [
      { hosts: { ...hosts, 'b.test': { server: b, clientCas: { payments: batch } } } },
      /clientCas\.payments and hosts\.b\.test\.clientCas\.payments are of one name and differ/u,
    ],
    [
      { hosts: { ...hosts, 'b.test': { server: b, clientCas: { all: ca } } } },
      /certificate 1 of hosts\.b\.test\.clientCas\.all is the issuer of certificate 1 of hosts\.a/u,
    ],
    [
      {
        hosts: {
          'a.test': {
            server: a,
            clientCas: { payments: { anchors: payments, issuers: intermediate }, edge: rootless },
          },
        },
      },
      /clientCas\.edge has an anchor without its root, so that no set of its host can have issuers/u,
    ],
    [{ server, clientCas: { all: ca } }, /is the issuer of certificate 1 of server\.cert/u],
    [{ server, clientCas: { all: { ...both, alsoIssuesServers: 1 } } }, /alsoIssuesServers/u],
  ] as const) {
    t.match(faultOf(() => createTlsGate(options as unknown as TlsGateOptions))?.detail, fault)
  }
  t.doesNotThrow(() => createTlsGate({ server, clientCas: { all: both } }))
  t.doesNotThrow(() => createTlsGate({ hosts: { ...hosts, 'b.test': { ...host, server: b } } }))
  t.end()
})

t.test('attaches a server that was made before a reload', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'peergate-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(`${folder}/ca.pem`, payments)
  const tls = createTlsGate({ server: a, clientCas: { payments: `${folder}/ca.pem` } })
  const made = tls.serverOptions
  writeFileSync(`${folder}/ca.pem`, intermediate + payments)
  await tls.reload()
  t.not(tls.serverOptions.ca, made.ca)
  t.doesNotThrow(() => tls.attach(createServerOf('http/1.1', made, () => '')))
  const other = createTlsGate({ server: a, clientCas: { payments } })
  t.throws(() => other.attach(createServerOf('http/1.1', made, () => '')), {
    code: 'ERR_PEERGATE_OPTION_INVALID',
  })
})
