// @ts-check
// Whether the gates forget the connections that have ended: opens many, a few at a time, and compares
// the heap and the resident memory before and after. `npm run soak:tls -- 5000` opens 5,000 instead of
// 200,000. The clients are a process of their own, so that the memory is the server's alone. Each sends
// six intermediates behind its leaf, since what leaks outside the heap are certificates of the chain.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:https'
import { fileURLToPath } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  createPeerGate,
  createTlsGate,
  definePolicy,
  onceDecided,
  socketSource,
  spiffe,
} from '../packages/core/dist/index.js'
import { mintPki } from '../packages/testkit/dist/index.js'

const connections = Number(process.argv[2] ?? 200_000)
if (!Number.isSafeInteger(connections) || connections < 1) {
  throw new Error('the number of connections must be a whole number from 1')
}

/** What the server builds once, compiled code above all, is built by these. */
const warmUp = 1000
const limits = {
  heap: 10,
  // 30 until the allocator has settled; the chains of 5,000 connections are more than 100.
  resident: 64,
}
/** Where a server without gates keeps the chains, too. */
const isLeaking = process.versions.node === '24.21.0'
const patience = 10_000
const intermediates = ['1', '2', '3', '4', '5', '6']

setFlagsFromString('--expose-gc')
/** @type {() => void} */
const collectGarbage = runInNewContext('gc')

const id = 'spiffe://prod.example/ns/payments/sa/worker'
const pki = await mint()
let refused = 0
const { server, port } = await startServer()
const clients = startClients()

await connect(warmUp)
const before = await readMemory()
const refusedBefore = refused
const startedAt = performance.now()
await connect(connections)
const seconds = (performance.now() - startedAt) / 1000
const after = await readMemory()
clients.disconnect()
server.close()

const grown = { heap: after.heap - before.heap, resident: after.resident - before.resident }
console.log(`connections  ${connections}, of which ${refused - refusedBefore} were refused
duration     ${seconds.toFixed(0)} s, ${Math.round(connections / seconds)} connections per second
before       after ${warmUp} connections
heap         ${describe('heap', 2)}
resident     ${describe('resident', 0)}${isLeaking ? '; not judged, since this Node leaks' : ''}`)
const isWithin =
  Math.abs(grown.heap) < limits.heap && (isLeaking || grown.resident < limits.resident)
process.exitCode = isWithin ? 0 : 1

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
  return mintPki({
    authorities: {
      ca: { purpose, subject: 'CN=CA' },
      'client-ca': { purpose, subject: 'CN=Client CA' },
      'other-ca': { purpose, subject: 'CN=Other CA' },
      ...declareBelow('client-ca'),
      ...declareBelow('other-ca'),
    },
    leaves: {
      server: {
        purpose,
        issuer: 'ca',
        subject: 'CN=localhost',
        usage: 'server',
        dns: ['localhost'],
      },
      worker: { purpose, issuer: 'client-ca-6', subject: 'CN=worker', usage: 'client', uri: [id] },
      stranger: {
        purpose,
        issuer: 'other-ca-6',
        subject: 'CN=worker',
        usage: 'client',
        uri: [id],
      },
    },
  })
}

/**
 * Intermediates one below the other.
 *
 * @param {string} root
 */
function declareBelow(root) {
  const roles = [root, ...intermediates.map((number) => `${root}-${number}`)]
  return Object.fromEntries(
    roles.slice(1).map((role, index) => {
      return [
        role,
        { purpose: 'Is there for one run.', subject: `CN=${role}`, issuer: roles[index] ?? root },
      ]
    }),
  )
}

/** A server behind both gates, which answers 200 to the worker alone. */
async function startServer() {
  const tls = createTlsGate({
    server: credentials('server'),
    clientCas: { payments: pki.authority('client-ca').certificate },
    closing: { atExpiry: true },
    onRefused: () => (refused += 1),
  })
  const gate = createPeerGate({
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
  await once(listening.listen(0, '127.0.0.1'), 'listening')
  const address = listening.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP port')
  return { server: listening, port: address.port }
}

/** The process of the clients; where it fails, this one does. */
function startClients() {
  const child = fork(fileURLToPath(new URL('soak-tls-clients.js', import.meta.url)))
  child.once('exit', (code) => code === 0 || process.exit(1))
  return child
}

/** @param {number} count */
async function connect(count) {
  const ca = pki.authority('ca').certificate
  const [worker, stranger] = [credentials('worker'), credentials('stranger')]
  clients.send({ count, port, ca, worker, stranger })
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
  return { heap: heapUsed / 2 ** 20, resident: rss / 2 ** 20 }
}

/** @returns {Promise<number>} */
async function openConnections() {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
  })
}
