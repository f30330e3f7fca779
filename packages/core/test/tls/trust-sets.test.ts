import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { rootCertificates } from 'node:tls'
import { createTlsGate } from '@peergate/core'
import type { ClientCasOptions } from '@peergate/core'
import { createConformanceGates, mintPki } from '@peergate/testkit'
import t from 'tap'
import { startReloadingServer } from '../support/reloading-server.js'
import { ask, listen } from '../support/tls-connection.js'
import { createGatedServer } from '../support/tls-setting.js'

const { pki, issueClient } = await createConformanceGates()
const anchors = pki.authority('payments-client-ca').certificate
const issuers = pki.authority('payments-intermediate').certificate
const batch = pki.authority('batch-client-ca').certificate
const worker = await issueClient()
const below = await issueClient({ issuer: 'payments-intermediate' })
const batchWorker = await issueClient({ issuer: 'batch-client-ca' })

t.test('names the set of a leaf by its anchors and issuers', async (t) => {
  for (const [name, clientCas, seen] of [
    ['one set', { payments: anchors }, ['tls payments', 'tls payments', 'refused']],
    [
      'two sets, the intermediate not listed',
      { payments: anchors, batch },
      ['tls payments', 'tls null', 'tls batch'],
    ],
    [
      'two sets, the intermediate listed',
      { payments: { anchors, issuers }, batch },
      ['tls payments', 'tls payments', 'tls batch'],
    ],
    [
      'an intermediate alone, below a root that admits nobody',
      { payments: { anchors: issuers, path: anchors }, batch },
      ['refused', 'tls payments', 'tls batch'],
    ],
  ] as const) {
    const { connect, ask } = await startReloadingServer(t, pki, { clientCas })
    const answers = []
    for (const leaf of [worker, below, batchWorker]) answers.push(await ask(connect(leaf)))
    t.strictSame(answers, seen, name)
  }
})

t.test('is of the same epoch for the same trust, however it is written', (t) => {
  const { certificate, key } = pki.leaf('server')
  const epochOf = (clientCas: ClientCasOptions) =>
    createTlsGate({ server: { cert: certificate, key }, clientCas }).epoch
  const epoch = epochOf({ payments: [anchors, batch] })
  t.equal(epochOf({ payments: `# both\n${batch}${anchors}` }), epoch)
  t.equal(epochOf({ payments: { anchors: [batch, anchors] } }), epoch)
  for (const other of [
    { payments: anchors, batch },
    { others: [anchors, batch] },
    { payments: { anchors: [anchors, batch], issuers } },
    { payments: { anchors, path: batch } },
  ]) {
    t.not(epochOf(other), epoch, JSON.stringify(Object.keys(other)))
  }
  t.end()
})

t.test(
  'closes live connections whose issuer is not configured when the trust changes',
  async (t) => {
    const clientCas = { payments: anchors }
    const { tls, connect, ask } = await startReloadingServer(t, pki, { clientCas })
    const live = connect(below)
    t.equal(await ask(live), 'tls payments')
    tls.setDenylist({ fingerprints: ['00'.repeat(32)] })
    t.equal(await ask(live), 'refused', 'it cannot be judged')
    t.equal(await ask(connect(below)), 'tls payments', 'OpenSSL verified it under the new trust')
  },
)

t.test('refuses a set whose parts do not fit together', (t) => {
  const { certificate, key } = pki.leaf('server')
  for (const [payments, fault] of [
    [{ anchors: issuers }, /payments\.anchors is an intermediate; name the CAs up to its root/u],
    [
      { anchors: batch, path: issuers },
      /payments\.path is an intermediate; name the CAs up to its/u,
    ],
    [{ anchors, issuers: batch }, /payments\.issuers was not issued by a CA of its set/u],
    [{ anchors, issuers: worker.certificate }, /payments\.issuers is not a CA/u],
    [{ anchor: anchors }, /option "anchor" is not known; did you mean "anchors"\?/u],
  ] as const) {
    const clientCas = { payments } as unknown as ClientCasOptions
    t.throws(() => createTlsGate({ server: { cert: certificate, key }, clientCas }), fault)
  }
  t.end()
})

t.test('judges live connections by new revocation lists', async (t) => {
  const listOf = async (serialNumbers: readonly string[], nextUpdate = '+1d') =>
    pki.revocationList({ issuer: 'payments-client-ca', serialNumbers, nextUpdate })
  const { write, path, ...server } = await startReloadingServer(t, pki)
  server.tls.close()
  write('list.pem', (await listOf(['0A'])).pem)
  const revocation = { lists: path('list.pem') }
  const { tls, connect, ask, nextRefusal } = await startReloadingServer(t, pki, {
    clientCas: { payments: { anchors, issuers, revocation } },
  })
  const colleague = await issueClient()
  const [live, other] = [connect(worker), connect(colleague)]
  t.equal(await ask(live), 'tls payments')
  t.equal(await ask(other), 'tls payments')
  t.equal(await ask(connect(below)), 'refused', 'there is no list of its issuer')

  write('list.pem', (await listOf(['0A'], '+2d')).pem)
  t.equal((await tls.reload()).isNewEpoch, false, 'a list that says the same is no new trust')
  write('list.pem', (await listOf(['0A', worker.serialNumber])).pem)
  t.equal((await tls.reload()).isNewEpoch, true)
  t.equal(await ask(live), 'refused')
  t.equal(await ask(other), 'tls payments')
  const refused = nextRefusal()
  t.equal(await ask(connect(worker)), 'refused')
  t.equal((await refused).error.code, 'ERR_PEERGATE_CERTIFICATE_REVOKED')

  write('list.pem', 'no list')
  await t.rejects(tls.reload(), { code: 'ERR_PEERGATE_REVOCATION_LIST_INVALID' })
  t.equal(await ask(other), 'tls payments')
})

t.test('refuses whom it cannot judge where any set has revocation lists', async (t) => {
  const { pem } = await pki.revocationList({ issuer: 'batch-client-ca', serialNumbers: [] })
  const { connect, ask, nextRefusal } = await startReloadingServer(t, pki, {
    clientCas: { payments: anchors, batch: { anchors: batch, revocation: { lists: pem } } },
  })
  t.equal(await ask(connect(worker)), 'tls payments')
  t.equal(await ask(connect(batchWorker)), 'tls batch')
  const refused = nextRefusal()
  t.equal(await ask(connect(below)), 'refused')
  t.equal((await refused).error.code, 'ERR_PEERGATE_REVOCATION_UNKNOWN')
})

t.test('refuses a public root as a client CA', (t) => {
  const { certificate, key } = pki.leaf('server')
  const server = { cert: certificate, key }
  const clientCas = { payments: [anchors, ...rootCertificates.slice(0, 1)] }
  t.throws(() => createTlsGate({ server, clientCas }), {
    code: 'ERR_PEERGATE_CLIENT_CA_INVALID',
    detail: /payments\.1 is a public root, as in the bundle of Node; name your own CA/u,
  })
  t.end()
})

t.test('closes a live connection whose CA has ended when the trust changes', async (t) => {
  const purpose = 'Ends while its client is connected.'
  const brief = await mintPki({
    authorities: {
      'server-ca': { purpose, subject: 'CN=Server CA' },
      'payments-client-ca': { purpose, subject: 'CN=CA', validity: { from: '-1h', to: '+2s' } },
    },
    leaves: {
      server: {
        purpose,
        issuer: 'server-ca',
        subject: 'CN=x',
        usage: 'server',
        dns: ['localhost'],
      },
      worker: { purpose, issuer: 'payments-client-ca', subject: 'CN=w', usage: 'client' },
    },
  })
  const { tls, connect, ask } = await startReloadingServer(t, brief)
  const live = connect(brief.leaf('worker'))
  t.equal(await ask(live), 'tls payments')
  await wait(brief.authority('payments-client-ca').notAfter.getTime() - Date.now() + 50)
  t.equal(await ask(live), 'tls payments')
  tls.setDenylist({ fingerprints: ['00'.repeat(32)] })
  t.equal(await ask(live), 'refused')
})

t.test('asks for a configured CA where it cannot tell how a handshake began', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'peergate-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'socket')
  const { certificate, key } = pki.leaf('server')
  const tls = createTlsGate({
    server: { cert: certificate, key },
    clientCas: { payments: anchors },
  })
  const server = createGatedServer(tls)
  await listen(t, server, { path })
  const ca = pki.authority('server-ca').certificate
  const over = { path, host: '', ca }
  const { certificate: cert } = worker
  const askBelow = () => ask({ ...over, cert: below.certificate, key: below.key })
  t.equal(await ask({ ...over, cert, key: worker.key }), 'tls payments')
  t.equal(await askBelow(), 'tls payments', 'all arrived under one trust')

  // Connections to a path have no addresses, by which those of two trusts could be told apart.
  const arrived = once(server, 'connection')
  const early = connect(path)
  t.teardown(() => early.destroy())
  await arrived
  tls.setDenylist({ fingerprints: ['00'.repeat(32)] })
  t.equal(await ask({ ...over, cert, key: worker.key }), 'tls payments')
  await t.rejects(askBelow())
})

t.test('closes a live connection once its revocation list is stale', async (t) => {
  const { pem } = await pki.revocationList({
    issuer: 'payments-client-ca',
    serialNumbers: [],
    nextUpdate: '+2s',
  })
  const clientCas = { payments: { anchors, revocation: { lists: pem } } }
  const { connect, ask } = await startReloadingServer(t, pki, { clientCas })
  const live = connect(worker)
  t.equal(await ask(live), 'tls payments')
  await wait(2100)
  t.equal(await ask(live), 'ERR_PEERGATE_REVOCATION_UNKNOWN')
  t.equal(await ask(live), 'refused')
})
