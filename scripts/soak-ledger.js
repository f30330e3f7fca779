// @ts-check
// Whether strangers can fill the memory of a service that keeps a ledger: as many clients as are asked
// for, each with a certificate of its own by a CA that nobody knows, connect to a gate that enforces.
// Ledger and metrics have to stay within their bounds, and the ledger has to keep the client of ours that
// failed before them all.
// `npm run soak:ledger -- 5000` makes 5,000 connections instead of 100,000; `observe` behind it lets the
// gate observe. The clients are a process of their own, so that the memory is the server's alone.
import { X509Certificate } from 'node:crypto'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:https'
import { fileURLToPath } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Registry } from 'prom-client'
import {
  createPeerGate,
  createRolloutLedger,
  createTlsGate,
  definePolicy,
  onceDecided,
  socketSource,
  spiffe,
} from '../packages/core/dist/index.js'
import { createPrometheusMetrics } from '../packages/telemetry/dist/prometheus.js'
import { mintPki } from '../packages/testkit/dist/index.js'

const connections = Number(process.argv[2] ?? 100_000)
if (!Number.isSafeInteger(connections) || connections < 1) {
  throw new Error('the number of connections must be a whole number from 1')
}
const mode = process.argv[3] ?? 'enforce'
if (mode !== 'enforce' && mode !== 'observe') {
  throw new Error('the mode must be "enforce" or "observe"')
}

/** These fill the table of strangers, and build what the server builds once. */
const warmUp = 1500
const limits = { strangers: 1000, series: 200, heap: 10, resident: 64, export: 4 }
/** Where a server without gates keeps the chains, too. */
const isLeaking = process.versions.node === '24.21.0'
const patience = 10_000
const mebibyte = 2 ** 20

setFlagsFromString('--expose-gc')
/** @type {() => void} */
const collectGarbage = runInNewContext('gc')

const id = 'spiffe://prod.example/ns/payments/sa/worker'
const pki = await mint()
const registry = new Registry()
const { server, port, ledger } = await startServer()
const clients = startClients()

await connect('ours', 1)
await connect('strangers', warmUp)
const seriesBefore = await countSeries()
const before = await readMemory()
const startedAt = performance.now()
await connect('strangers', connections)
const seconds = (performance.now() - startedAt) / 1000
const after = await readMemory()
const series = await countSeries()
const counted = await countRefused()
clients.disconnect()
server.close()
ledger.stop()

const grown = { heap: after.heap - before.heap, resident: after.resident - before.resident }
const exported = ledger.toJSON()
const size = JSON.stringify(exported).length / mebibyte
const strangers = exported.entries.filter((entry) => entry.isOfConfiguredCa !== true)
const { fingerprint256 } = new X509Certificate(pki.leaf('lapsed').certificate)
const ours = exported.entries.find((entry) => entry.key === `fingerprint:${fingerprint256}`)
const dropped = exported.dropped.strangers.count

/** @type {readonly (readonly [name: string, isKept: boolean, found: string])[]} */
const bounds = [
  [
    'strangers',
    strangers.length === limits.strangers && dropped === warmUp + connections - limits.strangers,
    `${strangers.length} entries, where ${limits.strangers} are allowed, and ${dropped} dropped`,
  ],
  [
    'ours',
    ours?.isOfConfiguredCa === true && ours.connections === 1,
    ours === undefined ? 'lost' : `still there, seen on ${ours.connections} connection`,
  ],
  ['verdict', exported.verdict.ready === 'no', exported.verdict.ready],
  [
    'metrics',
    counted === 1 + warmUp + connections,
    `${counted} refused in the handshake or behind it, which is ${counted === 1 + warmUp + connections ? '' : 'not '}everybody`,
  ],
  [
    'series',
    series === seriesBefore && series < limits.series,
    `${seriesBefore} before, ${series} after, where none is new and less than ${limits.series} are allowed`,
  ],
  ['export', size < limits.export, `${size.toFixed(2)} MiB, where ${limits.export} are allowed`],
  ['heap', Math.abs(grown.heap) < limits.heap, describe('heap', 2)],
  [
    'resident',
    isLeaking || grown.resident < limits.resident,
    `${describe('resident', 0)}${isLeaking ? '; not judged, since this Node leaks' : ''}`,
  ],
]
console.log(`connections  ${connections} of strangers, each with a certificate of its own; the gate is in the mode ${mode}
duration     ${seconds.toFixed(0)} s, ${Math.round(connections / seconds)} connections per second
before       after ${warmUp} strangers and one client of ours whose certificate has expired`)
for (const [name, isKept, found] of bounds) {
  console.log(`${name.padEnd(13)}${found}${isKept ? '' : ' (broken)'}`)
}
process.exitCode = bounds.every(([, isKept]) => isKept) ? 0 : 1

/**
 * @param {'heap' | 'resident'} kind
 * @param {number} digits
 */
function describe(kind, digits) {
  const [was, is, more] = [before, after, grown].map((memory) => memory[kind].toFixed(digits))
  return `${was} MiB before, ${is} MiB after: ${more} MiB, where less than ${limits[kind]} is allowed`
}

async function mint() {
  const purpose = 'Is there for one run.'
  /** @type {{ purpose: string, subject: string, usage: 'client', uri: string[] }} */
  const client = { purpose, subject: 'CN=worker', usage: 'client', uri: [id] }
  return mintPki({
    authorities: {
      ca: { purpose, subject: 'CN=CA' },
      'client-ca': { purpose, subject: 'CN=Client CA' },
      'other-ca': { purpose, subject: 'CN=Other CA' },
    },
    leaves: {
      server: {
        purpose,
        issuer: 'ca',
        subject: 'CN=localhost',
        usage: 'server',
        dns: ['localhost'],
      },
      lapsed: { ...client, issuer: 'client-ca', validity: { from: '-2d', to: '-1d' } },
      stranger: { ...client, issuer: 'other-ca' },
    },
  })
}

/** A server behind both gates, with a ledger. */
async function startServer() {
  const name = 'soak'
  const tls = createTlsGate({
    name,
    mode: mode === 'observe' ? 'observe' : 'enforce',
    server: credentials('server'),
    clientCas: { payments: pki.authority('client-ca').certificate },
  })
  const gate = createPeerGate({
    name,
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:read'],
      grants: [{ identity: id, allow: ['invoice:read'] }],
    }),
  })
  const guard = gate.guard(gate.permission('invoice:read'))
  const listening = createServer(tls.serverOptions, (request, response) => {
    onceDecided(
      () => guard(gate.admit(request), request),
      ({ allowed }) => response.writeHead(allowed ? 200 : 403).end(),
    )
  })
  tls.attach(listening)
  const made = createRolloutLedger({
    tls,
    window: 30 * 24 * 3600,
    limits: { strangers: limits.strangers },
  })
  createPrometheusMetrics({ registry, tls, ledgers: [made] })
  await once(listening.listen(0, '127.0.0.1'), 'listening')
  const address = listening.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP port')
  return { server: listening, port: address.port, ledger: made }
}

/** How many series the metrics of Prometheus have, each of them a line. */
async function countSeries() {
  const lines = (await registry.metrics()).split('\n')
  return lines.filter((line) => line !== '' && !line.startsWith('#')).length
}

/** How many peers were refused, or would have been, by the metrics. */
async function countRefused() {
  const metric = await registry.getSingleMetric('peergate_handshakes_refused_total')?.get()
  return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? 0
}

/** The process of the clients; where it fails, this one does. */
function startClients() {
  const child = fork(fileURLToPath(new URL('soak-ledger-clients.js', import.meta.url)))
  child.once('exit', (code) => code === 0 || process.exit(1))
  return child
}

/**
 * @param {'ours' | 'strangers'} who
 * @param {number} count
 */
async function connect(who, count) {
  const ca = pki.authority('ca').certificate
  const answer = mode === 'observe' ? 'HTTP/1.1 200 OK' : 'HTTP/1.1 401 Unauthorized'
  const order = { who, count, port, ca, answer }
  clients.send({ ...order, ...credentials(who === 'ours' ? 'lapsed' : 'stranger') })
  await once(clients, 'message')
}

/** @param {string} role */
function credentials(role) {
  const { certificate, key } = pki.leaf(role)
  return { cert: certificate, key }
}

/** What is in use, in MiB, once no connection is open and what they left is collected. */
async function readMemory() {
  const deadline = Date.now() + patience
  while ((await openConnections()) > 0) {
    if (Date.now() > deadline) throw new Error('the server keeps connections open')
    await wait(10)
  }
  for (let round = 0; round < 5; round += 1) {
    // What a finalizer holds is free only after it has run.
    await wait(50)
    collectGarbage()
  }
  const { heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed / mebibyte, resident: rss / mebibyte }
}

/** @returns {Promise<number>} */
async function openConnections() {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
  })
}
