// @ts-check
// Whether Prometheus shows what clients did: checks the alert rules with promtool, lets 1,000 clients
// visit a service in each mode, has a real Prometheus scrape it, and compares its answers with what
// the clients counted themselves, layer by layer. Then asks it every query of the dashboard.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import { mintPki } from '../packages/testkit/dist/index.js'
import { startMeasuredServices } from '../packages/telemetry/.build/test/support/measured-services.js'
import { visitAll, visits } from './metrics/clients.js'
import { startPrometheus } from './metrics/prometheus.js'

/** @type {readonly import('./metrics/clients.js').Mode[]} */
const modes = ['strict', 'enforce']

/** What is compared, and the labels that tell the series of a layer apart. */
const layers = [
  ['connections accepted', 'sum by (mode) (peergate_connections_accepted_total)'],
  ['handshakes refused', 'sum by (mode, code) (peergate_handshakes_refused_total)', 'code'],
  ['requests', 'sum by (mode, identity) (peergate_requests_total)', 'identity'],
  [
    'identities rejected',
    'sum by (mode, layer, code) (peergate_identities_rejected_total)',
    'layer',
    'code',
  ],
  [
    'permissions denied',
    'sum by (mode, requirement) (peergate_permissions_denied_total)',
    'requirement',
  ],
  [
    'permissions allowed',
    'sum by (mode, requirement) (peergate_permissions_allowed_total)',
    'requirement',
  ],
]

/** Panels that have nothing to show where both gates enforce, nobody loses trust, and no ledger is kept. */
const quietPanels = new Set([
  'Live connections that are no longer accepted',
  'Ready for strict',
  'Requests that would be rejected',
  'Operations that would be refused',
  'Shadow denials',
])

/** Prometheus scrapes each second; a peer that was refused late is counted late. */
const patience = 15_000

const ruleFile = pathOf('alerts/peergate.rules.yaml')
const readerId = 'spiffe://prod.example/ns/payments/sa/reader'

checkRules()
const pki = await mint()
const services = await startMeasuredServices({ modes, readerId, host: await hostOptions() })
const prometheus = await startPrometheus({ target: services.metricsAddress, ruleFile })
try {
  const tally = await visitServices()
  const isEqual = await compare(tally)
  const isHealthy = await checkEvaluation()
  process.exitCode = isEqual && isHealthy ? 0 : 1
} finally {
  await prometheus.stop()
  await services.stop()
}

function checkRules() {
  runPromtool('check', 'rules', ruleFile)
  runPromtool('test', 'rules', pathOf('alerts/peergate.rules.test.yaml'))
}

/** @param {readonly string[]} parameters */
function runPromtool(...parameters) {
  const { status, error } = spawnSync('promtool', parameters, { stdio: 'inherit' })
  if (error !== undefined) {
    throw new Error('promtool is missing: scripts/install-prometheus.sh', { cause: error })
  }
  if (status !== 0) process.exit(1)
}

/** @param {string} path within the package */
function pathOf(path) {
  return fileURLToPath(new URL(`../packages/telemetry/${path}`, import.meta.url))
}

async function mint() {
  const purpose = 'Is there for one run.'
  const client = { purpose, issuer: 'client-ca', usage: /** @type {const} */ ('client') }
  const named = { ...client, subject: 'CN=reader', uri: [readerId] }
  return mintPki({
    authorities: {
      'server-ca': { purpose, subject: 'CN=Server CA' },
      'client-ca': { purpose, subject: 'CN=Client CA' },
      'other-ca': { purpose, subject: 'CN=Other CA' },
    },
    leaves: {
      server: {
        purpose,
        issuer: 'server-ca',
        subject: 'CN=localhost',
        usage: 'server',
        dns: ['localhost'],
      },
      reader: named,
      nameless: { ...client, subject: 'CN=nameless' },
      expired: { ...named, validity: { from: '-2d', to: '-1d' } },
      untrusted: { ...named, issuer: 'other-ca' },
      revoked: named,
      misused: { ...named, usage: 'server' },
    },
  })
}

async function hostOptions() {
  const { certificate: cert, key } = pki.leaf('server')
  const { pem } = await pki.revocationList({
    issuer: 'client-ca',
    serialNumbers: [pki.leaf('revoked').serialNumber],
  })
  const anchors = pki.authority('client-ca').certificate
  return { server: { cert, key }, clientCas: { clients: { anchors, revocation: { lists: pem } } } }
}

/** What the clients of all modes counted themselves. */
async function visitServices() {
  /** @type {Map<string, number>} */
  const tally = new Map()
  const serverCa = pki.authority('server-ca').certificate
  for (const mode of modes) {
    const startedAt = performance.now()
    await visitAll(
      {
        mode,
        port: services.ports[mode],
        serverCa,
        credentialsOf: (who) => (who === 'nobody' ? null : pki.leaf(who)),
      },
      tally,
    )
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    const connections = visits.reduce((sum, visit) => sum + visit.connections, 0)
    console.log(`${mode}: ${connections} connections in ${seconds} s`)
  }
  return tally
}

/**
 * Asks until Prometheus shows the same, or for long enough, and prints both.
 *
 * @param {ReadonlyMap<string, number>} tally
 */
async function compare(tally) {
  const deadline = Date.now() + patience
  let shown = await readShown()
  while (differences(tally, shown).length > 0 && Date.now() < deadline) {
    await wait(500)
    shown = await readShown()
  }
  const keys = [...new Set([...tally.keys(), ...shown.keys()])].toSorted()
  const wrong = differences(tally, shown)
  console.table(
    keys.map((key) => ({
      'mode and layer': key,
      clients: tally.get(key) ?? 0,
      Prometheus: shown.get(key) ?? 0,
      same: wrong.includes(key) ? 'NO' : 'yes',
    })),
  )
  console.log(`${keys.length - wrong.length} of ${keys.length} counts are the same`)
  return wrong.length === 0
}

/**
 * @param {ReadonlyMap<string, number>} tally
 * @param {ReadonlyMap<string, number>} shown
 */
function differences(tally, shown) {
  const keys = new Set([...tally.keys(), ...shown.keys()])
  return [...keys].filter((key) => (tally.get(key) ?? 0) !== (shown.get(key) ?? 0))
}

/** @returns {Promise<ReadonlyMap<string, number>>} */
async function readShown() {
  /** @type {Map<string, number>} */
  const shown = new Map()
  for (const [layer = '', query = '', ...labels] of layers) {
    for (const series of await prometheus.query(query)) {
      const words = [series.labels['mode'], layer, ...labels.map((label) => series.labels[label])]
      shown.set(words.join(' '), series.value)
    }
  }
  return shown
}

/** Whether Prometheus can evaluate every rule, and answer every query of the dashboard. */
async function checkEvaluation() {
  const rules = await prometheus.rules()
  const sick = rules.filter(({ health }) => health !== 'ok').map(({ name }) => name)
  console.log(`${rules.length - sick.length} of ${rules.length} rules are evaluated`, ...sick)

  const { panels } = JSON.parse(readFileSync(pathOf('dashboards/peergate.json'), 'utf8'))
  /** @type {string[]} */
  const empty = []
  for (const { title, targets = [] } of panels) {
    for (const { expr } of targets) {
      const found = await prometheus.query(fillIn(expr))
      if (found.length === 0 && !quietPanels.has(title)) empty.push(`${title}: ${expr}`)
    }
  }
  console.log(
    `${panels.length} panels and rows, ${empty.length} queries without an answer`,
    ...empty,
  )
  return sick.length === 0 && empty.length === 0
}

/**
 * As Grafana does where all values of a variable are chosen.
 *
 * @param {string} query
 */
function fillIn(query) {
  return query.replaceAll('$__rate_interval', '1m').replaceAll(/\$(?:job|gate|mode)/gu, '.*')
}
