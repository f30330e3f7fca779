// @ts-check
// Packs the built packages, installs the tarballs as their users do, and lets programs use them: ESM and
// CommonJS, in JavaScript and in TypeScript. Needs the npm registry.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { coreEntries, coreProgram } from './packages/core-program.js'
import { packPackages, readManifest } from './packages/pack-packages.js'
import { mustRun, runCommand } from './packages/run-command.js'

const imports = `
import { once } from 'node:events'
import { createServer } from 'node:https'
import { createClientIdentity } from '@peergate/client'
import { createPeerGate, createTlsGate, definePolicy, socketSource, spiffe } from '@peergate/core'
import { auditRoutes, clientIdentity, denyUnmatched, requirePermission } from '@peergate/express'
import peergate, { requireIdentity } from '@peergate/fastify'
import { logGateEvents } from '@peergate/telemetry/log'
import { createOpenTelemetryMetrics } from '@peergate/telemetry/opentelemetry'
import { createPrometheusMetrics } from '@peergate/telemetry/prometheus'
import { mintPki, openTestClient } from '@peergate/testkit'
import express from 'express'
import Fastify from 'fastify'
import { metrics } from '@opentelemetry/api'
import { Registry } from 'prom-client'
`

const requires = `
const { once } = require('node:events')
const { createServer } = require('node:https')
const { createClientIdentity } = require('@peergate/client')
const { createPeerGate, createTlsGate, definePolicy, socketSource, spiffe } = require('@peergate/core')
const { auditRoutes, clientIdentity, denyUnmatched, requirePermission } = require('@peergate/express')
const { peergate, requireIdentity } = require('@peergate/fastify')
const { logGateEvents } = require('@peergate/telemetry/log')
const { createOpenTelemetryMetrics } = require('@peergate/telemetry/opentelemetry')
const { createPrometheusMetrics } = require('@peergate/telemetry/prometheus')
const { mintPki, openTestClient } = require('@peergate/testkit')
const express = require('express')
const Fastify = require('fastify')
const { metrics } = require('@opentelemetry/api')
const { Registry } = require('prom-client')
`

const program = `
const id = 'spiffe://prod.example/ns/payments/sa/worker'

const policy = definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
  grants: [{ identity: id, allow: ['invoice:read'] }],
})

async function main() {
  const purpose = 'Is there for one test.'
  const pki = await mintPki({
    authorities: {
      ca: { purpose, subject: 'CN=CA' },
      'client-ca': { purpose, subject: 'CN=Client CA' },
    },
    leaves: {
      server: { purpose, issuer: 'ca', subject: 'CN=localhost', usage: 'server', dns: ['localhost'] },
      worker: { purpose, issuer: 'client-ca', subject: 'CN=worker', usage: 'client', uri: [id] },
    },
  })
  const server = pki.leaf('server')
  const ca = pki.authority('ca').certificate
  const tls = createTlsGate({
    server: { cert: server.certificate, key: server.key },
    clientCas: { payments: pki.authority('client-ca').certificate },
  })
  const gate = createPeerGate({
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy,
  })

  const registry = new Registry()
  const counted = createPrometheusMetrics({ registry, tls })
  const measured = createOpenTelemetryMetrics({ meter: metrics.getMeter('consumer'), tls })
  let records = 0
  const write = () => (records += 1)
  const logged = logGateEvents({ info: write, warn: write, error: write })

  const app = Fastify({ https: tls.serverOptions })
  tls.attach(app.server)
  await app.register(peergate, { gate })
  app.get('/read', { config: { permission: 'invoice:read' } }, async (request) => ({
    id: requireIdentity(request).value,
  }))
  app.get('/write', { config: { permission: gate.permission('invoice:write') } }, async () => null)
  await app.listen({ port: 0, host: '127.0.0.1' })

  const expressApp = express()
  expressApp.use(clientIdentity(gate))
  expressApp.get('/read', requirePermission(gate, 'invoice:read'), (request, response) => {
    response.json({ id: request.clientIdentity?.value })
  })
  expressApp.get('/write', requirePermission(gate, gate.permission('invoice:write')))
  expressApp.use(denyUnmatched(gate))
  auditRoutes(expressApp)
  const expressServer = createServer(tls.serverOptions, expressApp)
  tls.attach(expressServer)
  await once(expressServer.listen(0, '127.0.0.1'), 'listening')

  for (const listening of [app.server, expressServer]) {
    const address = listening.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const leaf = pki.leaf('worker')
    const client = openTestClient({ port, serverCa: ca, leaf, protocol: 'http/1.1' })
    const [read, write] = [await client.request('GET', '/read'), await client.request('GET', '/write')]
    client.close()
    const serverCas = ca
    const servers = { [\`localhost:\${port}\`]: {} }
    const caller = createClientIdentity({ cert: leaf.certificate, key: leaf.key, serverCas, servers })
    if (caller.certificate.serialNumber !== leaf.serialNumber) throw new Error('another identity')
    caller.httpsAgent().destroy()
    await caller.dispatcher().close()
    if (read.status !== 200 || JSON.parse(read.body).id !== id || write.status !== 403) {
      throw new Error(\`unexpected answers: \${JSON.stringify({ read, write })}\`)
    }
  }
  const scrape = await registry.metrics()
  if (records === 0 || !/peergate_requests_total.* 4$/mu.test(scrape)) throw new Error(scrape)
  for (const { stop } of [counted, measured, logged]) stop()
  await app.close()
  expressServer.close()
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
`

const typed = `
declare module '@peergate/core' {
  interface Register {
    policy: typeof policy
  }
}

// @ts-expect-error -- a misspelt permission does not compile
export const misspelt: import('@peergate/core').Requirement = 'invoice:raed'
`

/**
 * @typedef {object} Consumer
 * @property {string} name
 * @property {'module' | 'commonjs'} type
 * @property {'main.js' | 'main.ts'} file
 * @property {string} source
 * @property {readonly string[]} [flags] for Node
 */

/** @type {readonly Consumer[]} */
const consumers = [
  { name: 'JavaScript, ESM', type: 'module', file: 'main.js', source: imports + program },
  { name: 'JavaScript, CommonJS', type: 'commonjs', file: 'main.js', source: requires + program },
  { name: 'TypeScript, ESM', type: 'module', file: 'main.ts', source: imports + program + typed },
  {
    name: 'TypeScript, CommonJS',
    type: 'commonjs',
    file: 'main.ts',
    source: imports + program + typed,
  },
  {
    name: 'the entries of the core, ESM',
    type: 'module',
    file: 'main.js',
    source: namesFrom((names, entry) => `import { ${names} } from '${entry}'`) + coreProgram,
    flags: ['--enable-source-maps'],
  },
  {
    name: 'the entries of the core, CommonJS',
    type: 'commonjs',
    file: 'main.js',
    source: namesFrom((names, entry) => `const { ${names} } = require('${entry}')`) + coreProgram,
    flags: ['--enable-source-maps'],
  },
]

/** @param {(names: string, entry: string) => string} formatImport */
function namesFrom(formatImport) {
  return Object.entries(coreEntries)
    .map(([entry, names]) => formatImport(names.join(', '), entry))
    .join('\n')
}

const compilerOptions = {
  module: 'nodenext',
  target: 'es2023',
  lib: ['es2023'],
  types: ['node'],
  strict: true,
  skipLibCheck: false,
}

const folder = mkdtempSync(join(tmpdir(), 'peergate-packages-'))
try {
  install(packPackages(join(folder, 'tarballs')))
  const faults = consumers.map(faultOf).filter((fault) => fault !== null)
  console.log(`${consumers.length - faults.length} passed, ${faults.length} failed`)
  process.exitCode = faults.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/**
 * One installation, which the programs below it share.
 *
 * @param {Record<string, string>} tarballs
 */
function install(tarballs) {
  const versions = ['.', 'packages/fastify', 'packages/express', 'packages/telemetry'].map(
    (directory) => readManifest(directory).devDependencies,
  )
  const known = Object.assign({}, ...versions)
  const names = [
    '@opentelemetry/api',
    '@types/express',
    '@types/node',
    'express',
    'fastify',
    'prom-client',
  ]
  const others = Object.fromEntries(names.map((name) => [name, known[name]]))
  write('package.json', { private: true, dependencies: { ...tarballs, ...others } })
  mustRun('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], folder)
}

/**
 * What went wrong for a consumer; null where nothing did.
 *
 * @param {Consumer} consumer
 */
function faultOf({ name, type, file, source, flags = [] }) {
  const place = name.replace(/\W+/gu, '-').toLowerCase()
  const directory = join(folder, place)
  mkdirSync(directory)
  write(join(place, 'package.json'), { private: true, type })
  write(join(place, 'tsconfig.json'), { compilerOptions, include: [file] })
  write(join(place, file), source)
  const compiler = resolve('node_modules/typescript/bin/tsc')
  const fault =
    (file === 'main.ts' ? runCommand(process.execPath, [compiler], directory) : null) ??
    runCommand(process.execPath, [...flags, 'main.js'], directory)
  console.log(`${name}: ${fault ?? 'ok'}`)
  return fault
}

/** @param {string} path @param {string | object} content */
function write(path, content) {
  writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
}
