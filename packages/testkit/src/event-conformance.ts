import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import type { GateEvent, RequestFacts } from '@peergate/core'
import { forwardedHeaders, gateName, proxyId, readerId } from './conformance-gates.js'
import type { ConformanceGatesOptions } from './conformance-gates.js'
import { withClient } from './conformance-target.js'
import type { ConformanceCase, ConformanceTarget, Setting } from './conformance-target.js'
import { formatEvents } from './event-conformance/format-event.js'
import { recordEvents } from './event-conformance/record-events.js'
import type { EventRecord } from './event-conformance/record-events.js'
import type { LeafRequest } from './pki-declaration.js'
import type { TestClient } from './test-client.js'

/** What the gates of every adapter must publish, over real handshakes; for any test runner to loop over. */
export const eventConformance: readonly ConformanceCase[] = [
  {
    name: 'tells once who sent a request, and of each requirement that it was asked',
    run: (target) => tellsOf(target, {}, requestsOfReader()),
  },
  {
    name: 'tells once that the sender of a request has no identity, and whether it needed one',
    run: (target) => tellsOf(target, { uri: [] }, requestsOfNobody()),
  },
  {
    name: 'tells of what would be refused while it only observes',
    run: async (target) => {
      await tellsOf(target, {}, observedOfReader(), { mode: 'observe' })
      await tellsOf(target, { uri: [] }, observedOfNobody(), { mode: 'observe' })
    },
  },
  {
    name: 'names the gate, its mode and the address, and gives each request one name of its own',
    run: (target) =>
      withEvents(target, {}, async (client, events) => {
        const ids: string[] = []
        await inTurn(['/twice', '/invoices/42', '/no-such-route'], async (path) => {
          await client.request('GET', path, forgedNames)
          const told = events.take('')
          const [{ id, traceId, remoteAddress }] = requestsOf(told) as [RequestFacts]
          assert.deepEqual(new Set(requestsOf(told).map((request) => request.id)), new Set([id]))
          assert.match(id, /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u)
          assert.deepEqual([traceId, remoteAddress], [null, '127.0.0.1'])
          for (const { gate, mode } of told) assert.deepEqual([gate, mode], [gateName, 'strict'])
          ids.push(id)
        })
        assert.equal(new Set(ids).size, 3)
      }),
  },
  {
    name: 'tells once of a connection, however many requests it has',
    run: (target) =>
      withEvents(target, {}, async (client, events, { leaf }) => {
        await client.request('GET', '/me')
        await client.request('GET', '/open')
        const [told, ...others] = events.take('connection-accepted')
        assert.equal(others.length, 0)
        assert.ok(told?.type === 'connection-accepted')
        const { connection, trustSet, certificate } = told
        assert.deepEqual(
          [connection.remoteAddress, connection.servername, connection.protocol],
          ['127.0.0.1', 'localhost', 'TLSv1.3'],
        )
        assert.equal(trustSet, 'payments')
        assert.equal(certificate.fingerprint256, fingerprintOf(leaf.certificate))
      }),
  },
  {
    name: 'tells of a handshake that it refuses, and of no request',
    run: (target) =>
      withEvents(target, { issuer: 'rogue-client-ca' }, async (client, events) => {
        const refused = events.next('handshake-refused')
        await assert.rejects(client.request('GET', '/open'))
        const { code, statusCode, isEnforced } = await refused
        assert.deepEqual(
          [code, statusCode, isEnforced],
          ['ERR_PEERGATE_CERTIFICATE_UNTRUSTED', 401, true],
        )
        assert.deepEqual(
          events.take('').map(({ type }) => type),
          ['handshake-refused'],
        )
      }),
  },
  {
    name: 'tells of the client that a trusted proxy forwards, by the name that the proxy gave the request',
    run: (target) =>
      withEvents(
        target,
        { issuer: 'batch-client-ca', uri: [proxyId] },
        async (client, events, { gates }) => {
          const { certificate } = await gates.issueClient()
          await inTurn(requestsOfProxy(certificate), async ([path, headers, lines]) => {
            await client.request('GET', path, { ...headers, ...forgedNames })
            const told = events.take('identity-')
            assert.deepEqual(formatEvents(told), lines)
            const [{ id, traceId }] = requestsOf(told) as [RequestFacts]
            assert.deepEqual([id, traceId], ['from-the-edge-1', 'ab'.repeat(16)])
          })
        },
        { behindProxy: true },
      ),
  },
]

/** A request, and the lines of the events that it causes. */
type RequestRow = readonly [method: string, path: string, lines: readonly string[]]

async function tellsOf(
  target: ConformanceTarget,
  leaf: Partial<LeafRequest>,
  rows: readonly RequestRow[],
  options: ConformanceGatesOptions = {},
): Promise<void> {
  await withEvents(
    target,
    leaf,
    async (client, events) => {
      await inTurn(rows, async ([method, path, lines]) => {
        await client.request(method, path)
        assert.deepEqual(formatEvents(events.take('')), lines, `${method} ${path}`)
      })
    },
    options,
  )
}

/** Runs `use` with a client, and with the events that the gates publish from then on. */
function withEvents(
  target: ConformanceTarget,
  leaf: Partial<LeafRequest>,
  use: (client: TestClient, events: EventRecord, setting: Setting) => Promise<void>,
  options: ConformanceGatesOptions = {},
): Promise<void> {
  return withClient(
    target,
    leaf,
    async (client, setting) => {
      const events = recordEvents(gateName)
      try {
        await use(client, events, setting)
      } finally {
        events.stop()
      }
    },
    options,
  )
}

async function inTurn<Row>(
  [row, ...rows]: readonly Row[],
  act: (row: Row) => Promise<void>,
): Promise<void> {
  if (row === undefined) return
  await act(row)
  await inTurn(rows, act)
}

function requestsOf(events: readonly GateEvent[]): readonly RequestFacts[] {
  return events.flatMap((event) => ('request' in event ? [event.request] : []))
}

function fingerprintOf(certificate: string): string {
  return new X509Certificate(certificate).fingerprint256
}

/** Which count from a trusted proxy alone. */
const forgedNames = {
  'x-request-id': 'from-the-edge-1',
  traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`,
}

const grant = 'spiffe://prod.example/ns/payments/sa/*'

function requestsOfReader(): readonly RequestRow[] {
  const read = `invoice:read | granted | ${grant}`
  const [invoice, payments, twice] = ['GET /invoices/:id', 'GET /payments-only', 'GET /twice']
  const denied = 'invoice:write | not-granted | live | ERR_PEERGATE_PERMISSION_DENIED | 403'
  const demanded = `allOf(invoice:read, trustSet(payments)) | granted | ${grant}`
  const any = 'authenticated | authenticated | null'
  return [
    ['GET', '/invoices/42', [acceptedAt(invoice), `permission-allowed | ${invoice} | ${read}`]],
    [
      'HEAD',
      '/invoices/42?x=y',
      [acceptedAt('HEAD /invoices/:id'), `permission-allowed | HEAD /invoices/:id | ${read}`],
    ],
    [
      'POST',
      '/invoices',
      [acceptedAt('POST /invoices'), `permission-denied | POST /invoices | ${denied} | enforced`],
    ],
    [
      'GET',
      '/payments-only',
      [acceptedAt(payments), `permission-allowed | ${payments} | ${demanded}`],
    ],
    [
      'GET',
      '/twice',
      [
        acceptedAt(twice),
        `permission-allowed | ${twice} | ${any}`,
        `permission-allowed | ${twice} | ${read}`,
      ],
    ],
    ['GET', '/me', [acceptedAt('GET /me'), `permission-allowed | GET /me | ${any}`]],
    [
      'GET',
      '/open',
      [acceptedAt('GET /open'), 'permission-allowed | GET /open | publicRoute | public | null'],
    ],
    ['GET', '/no-such-route', [acceptedAt('no route'), `permission-allowed | no route | ${any}`]],
  ]
}

function acceptedAt(route: string): string {
  return `identity-accepted | ${route} | ${readerId}`
}

const missing = 'ERR_PEERGATE_IDENTITY_MISSING'

function rejectedAt(route: string, outcome: 'enforced' | 'observed'): string {
  return `identity-rejected | ${route} | identity | ${missing} | 403 | ${outcome}`
}

function requestsOfNobody(): readonly RequestRow[] {
  const open = 'permission-allowed | GET /open | publicRoute | public | null'
  return [
    ['GET', '/invoices/42', [rejectedAt('GET /invoices/:id', 'enforced')]],
    ['GET', '/twice', [rejectedAt('GET /twice', 'enforced')]],
    ['GET', '/me', [rejectedAt('GET /me', 'enforced')]],
    ['GET', '/open', [`identity-absent | GET /open | ${missing}`, open]],
    ['GET', '/no-such-route', [rejectedAt('no route', 'enforced')]],
  ]
}

function observedOfReader(): readonly RequestRow[] {
  const route = 'POST /invoices'
  const denied = 'invoice:write | not-granted | live | ERR_PEERGATE_PERMISSION_DENIED | 403'
  return [
    [
      'POST',
      '/invoices',
      [acceptedAt(route), `permission-denied | ${route} | ${denied} | observed`],
    ],
  ]
}

function observedOfNobody(): readonly RequestRow[] {
  return [
    ['GET', '/invoices/42', [rejectedAt('GET /invoices/:id', 'observed')]],
    ['GET', '/twice', [rejectedAt('GET /twice', 'observed')]],
    ['GET', '/no-such-route', [rejectedAt('no route', 'observed')]],
  ]
}

/** A path, what the proxy forwards of its client, and what is told of the sender. */
type ProxyRow = readonly [string, Readonly<Record<string, string>>, readonly string[]]

function requestsOfProxy(certificate: string): readonly ProxyRow[] {
  const absent = 'ERR_PEERGATE_FORWARDED_IDENTITY_MISSING'
  return [
    ['/me', forwardedHeaders(certificate), [`identity-accepted | GET /me | ${readerId}`]],
    ['/open', {}, [`identity-absent | GET /open | ${absent}`]],
    ['/me', {}, [`identity-rejected | GET /me | proxy | ${absent} | 401 | enforced`]],
    ['/twice', {}, [`identity-rejected | GET /twice | proxy | ${absent} | 401 | enforced`]],
  ]
}
