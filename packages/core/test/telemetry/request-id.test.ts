import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect } from 'node:net'
import type { NetConnectOpts } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import type { Duplex } from 'node:stream'
import {
  forwardedSource,
  onGateEvent,
  rfc9440,
  trustedByAddress,
  trustedByUnixSocket,
} from '@peergate/core'
import type { RequestId, TrustedProxies } from '@peergate/core'
import { createConformanceGates, proxyId } from '@peergate/testkit'
import t from 'tap'
import { createForwardedGate, listenOn } from '../support/forwarding-server.js'
import { listen } from '../support/tls-connection.js'

type Gate = Pick<ReturnType<typeof createForwardedGate>, 'requestId'>

function createGate(trustedProxies: TrustedProxies) {
  const contract = rfc9440({ proxyVerifies: true })
  return createForwardedGate(forwardedSource({ contract, trustedProxies }))
}

/** Answers with what `gate` calls a request, which is asked for twice. */
function createNamingServer(gate: Gate): Server {
  return createServer((request, response) => {
    response.end(JSON.stringify([gate.requestId(request), gate.requestId(request)]))
  })
}

async function nameOver(socket: Duplex, lines: readonly string[]): Promise<RequestId> {
  const request = ['GET / HTTP/1.1', 'host: localhost', 'connection: close', ...lines, '', '']
  socket.write(request.join('\r\n'), 'latin1')
  const [, body] = (await text(socket)).split('\r\n\r\n')
  const [name, again] = JSON.parse(String(body)) as [RequestId, RequestId]
  t.same(name, again, 'a request keeps its name')
  return name
}

const nameFrom = (where: NetConnectOpts, lines: readonly string[]) =>
  nameOver(connect(where), lines)

const own = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u
const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const parent = `00-${trace}-00f067aa0ba902b7-01`
const sent = ['X-Request-ID: edge-1', `TraceParent: ${parent}`]

t.test('takes the name that a proxy at a trusted address gave, and no other', async (t) => {
  const trusted = createGate(trustedByAddress({ addresses: ['127.0.0.1'] }))
  const other = createGate(trustedByAddress({ addresses: ['192.0.2.1'] }))
  const [here, elsewhere] = [
    await listenOn(t, createNamingServer(trusted)),
    await listenOn(t, createNamingServer(other)),
  ]
  t.same(await nameFrom(here, sent), { id: 'edge-1', traceId: trace })
  const unnamed = await nameFrom(elsewhere, sent)
  t.match(unnamed, { id: own, traceId: null })
  t.not((await nameFrom(elsewhere, sent)).id, unnamed.id)
})

t.test('takes the name from a proxy at a Unix socket of its own', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'peergate-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const trustedProxies = trustedByUnixSocket()
  const gate = createGate(trustedProxies)
  const [attached, forgotten] = [createNamingServer(gate), createNamingServer(gate)]
  trustedProxies.attach(attached)
  const here = await listenOn(t, attached, `${folder}/a.sock`)
  t.same(await nameFrom(here, sent), { id: 'edge-1', traceId: trace })
  const elsewhere = await listenOn(t, forgotten, `${folder}/b.sock`)
  t.match(await nameFrom(elsewhere, sent), { id: own, traceId: null })
})

t.test('takes the name from a proxy by its certificate, and from no client', async (t) => {
  for (const [behindProxy, leaf, expected] of [
    [true, { issuer: 'batch-client-ca', uri: [proxyId] }, { id: 'edge-1', traceId: trace }],
    [true, {}, { id: own, traceId: null }],
    [false, { issuer: 'batch-client-ca', uri: [proxyId] }, { id: own, traceId: null }],
  ] as const) {
    const { tls, gate, pki, issueClient } = await createConformanceGates({ behindProxy })
    const server = createSecureServer(tls.serverOptions, (request, response) => {
      response.end(JSON.stringify([gate.requestId(request), gate.requestId(request)]))
    })
    tls.attach(server)
    const port = await listen(t, server)
    const { certificate: cert, key } = await issueClient(leaf)
    const ca = pki.authority('server-ca').certificate
    const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca, cert, key })
    t.match(await nameOver(socket, sent), expected)
  }
})

const id = (value: string) => `x-request-id: ${value}`
const traced = (value: string) => `traceparent: ${value}`

/** What a trusted proxy sends, and what comes of it: null for a name of our own, or for no trace. */
const rows: readonly (readonly [string, readonly string[], string | null, string | null])[] = [
  ['nothing', [], null, null],
  ['every character that a name may have', [id('aZ09_.:+/=@-')], 'aZ09_.:+/=@-', null],
  ['the longest name', [id('a'.repeat(128))], 'a'.repeat(128), null],
  ['a name that is too long', [id('a'.repeat(129))], null, null],
  ['an empty name', [id('')], null, null],
  ['a name with a space', [id('a b')], null, null],
  ['a name with a quotation mark', [id('a"b')], null, null],
  ['a name with an escape', [id('a\tb')], null, null],
  ['a name outside of ASCII', [id('\u00e4')], null, null],
  ['two names', [id('a'), id('b')], null, null],
  ['the same name twice', [id('a'), 'X-REQUEST-ID: a'], null, null],
  ['a list of names', [id('a, b')], null, null],
  ['a trace of another version', [traced(`cc-${trace}-00f067aa0ba902b7-01`)], null, trace],
  [
    'a trace of another version with more',
    [traced(`cc-${parent.slice(3)}-what-else`)],
    null,
    trace,
  ],
  ['a trace of the version that must not be', [traced(`ff-${parent.slice(3)}`)], null, null],
  ['a trace whose flags go on', [traced(`${parent}0`)], null, null],
  ['a trace in capitals', [traced(parent.toUpperCase())], null, null],
  ['a trace of zeroes', [traced(`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`)], null, null],
  ['a trace that is cut off', [traced(parent.slice(0, -3))], null, null],
  ['a trace that is no trace', [traced('what')], null, null],
  ['two traces', [traced(parent), traced(parent)], null, null],
  ['a name with a trace that is none', [id('a'), traced('what')], 'a', null],
]

t.test('reads of a trusted proxy what is well-formed and was sent once', async (t) => {
  const gate = createGate(trustedByAddress({ addresses: ['127.0.0.1'] }))
  const where = await listenOn(t, createNamingServer(gate))
  for (const [what, lines, name, traceId] of rows) {
    t.match(await nameFrom(where, lines), { id: name ?? own, traceId }, what)
  }
})

t.test('names a request in its events as it names it to whoever asks', (t) => {
  const gate = createGate(trustedByAddress({ addresses: ['127.0.0.1'] }))
  const told: RequestId[] = []
  const { stop } = onGateEvent(({ request }) => told.push(request), {
    types: ['identity-rejected'],
  })
  t.teardown(stop)
  const request = { rawHeaders: ['x-request-id', 'edge-1'] }
  t.throws(() => gate.identify(request), { code: 'ERR_PEERGATE_PROXY_UNTRUSTED' })
  const { id: named } = gate.requestId(request)
  t.match(named, own)
  t.match(told, [{ id: named, traceId: null }])
  t.ok(Object.isFrozen(gate.requestId(request)))
  t.end()
})
