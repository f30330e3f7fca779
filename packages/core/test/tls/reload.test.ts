import { mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { createConformanceGates } from '@peergate/testkit'
import t from 'tap'
import { startReloadingServer } from '../support/reloading-server.js'

const { pki, issueClient } = await createConformanceGates()
const worker = await issueClient()
const batchWorker = await issueClient({ issuer: 'batch-client-ca' })
const payments = pki.authority('payments-client-ca').certificate
const batch = pki.authority('batch-client-ca').certificate

t.test('puts new client CAs in force for new handshakes and for live connections', async (t) => {
  const { tls, write, connect, ask } = await startReloadingServer(t, pki)
  const before = tls.epoch
  const live = connect(worker)
  t.equal(await ask(live), 'tls payments')
  t.equal(await ask(connect(batchWorker)), 'refused')

  write('ca.pem', `${payments}${batch}`)
  const added = await tls.reload()
  t.strictSame(added, { error: null, epoch: tls.epoch, isNewEpoch: true })
  t.not(tls.epoch, before)
  t.match(tls.epoch, /^[\da-f]{64}$/u)
  t.equal(await ask(live), 'tls payments', 'whoever is still trusted goes on')
  t.equal(await ask(connect(batchWorker)), 'tls payments')

  write('ca.pem', batch)
  await tls.reload()
  t.equal(await ask(connect(batchWorker)), 'tls payments')
  t.equal(await ask(connect(worker)), 'refused')
})

t.test('closes the live connections of whoever is no longer trusted', async (t) => {
  for (const protocol of ['http/1.1', 'h2'] as const) {
    const { tls, write, connect, ask } = await startReloadingServer(t, pki, { protocol })
    const live = connect(worker)
    t.equal(await ask(live), 'tls payments', protocol)
    write('ca.pem', batch)
    await tls.reload()
    t.equal(await ask(live), 'refused', protocol)
  }
})

t.test('keeps the old state where a file is missing, cut short, empty or of another', async (t) => {
  const { tls, write, path, connect, ask } = await startReloadingServer(t, pki)
  const { epoch, serverOptions } = tls
  const live = connect(worker)
  t.equal(await ask(live), 'tls payments')
  const { key } = await pki.issue({ issuer: 'server-ca', subject: 'CN=x', usage: 'server' })
  for (const [file, content, code] of [
    ['ca.pem', payments.slice(0, 200), 'ERR_PEERGATE_PEM_INVALID'],
    ['ca.pem', '', 'ERR_PEERGATE_PEM_INVALID'],
    ['ca.pem', worker.certificate, 'ERR_PEERGATE_CLIENT_CA_INVALID'],
    ['server-key.pem', key, 'ERR_PEERGATE_SERVER_KEY_INVALID'],
    ['server.pem', batch, 'ERR_PEERGATE_SERVER_CERTIFICATE_INVALID'],
  ] as const) {
    const whole =
      file === 'ca.pem'
        ? payments
        : pki.leaf('server')[file === 'server.pem' ? 'certificate' : 'key']
    write(file, content)
    await t.rejects(tls.reload(), { code }, `${file} → ${code}`)
    write(file, whole)
  }
  unlinkSync(path('ca.pem'))
  await t.rejects(tls.reload(), { code: 'ERR_PEERGATE_FILE_UNREADABLE' })
  t.equal(tls.epoch, epoch)
  t.equal(tls.serverOptions, serverOptions)
  t.equal(await ask(live), 'tls payments')
  t.equal(await ask(connect(worker)), 'tls payments')
})

t.test('serves a new server certificate without a new epoch', async (t) => {
  const { tls, write, connect, ask } = await startReloadingServer(t, pki)
  const live = connect(worker)
  await ask(live)
  const { epoch } = tls
  const renewed = await pki.issue({
    issuer: 'server-ca',
    subject: 'CN=renewed',
    usage: 'server',
    dns: ['localhost'],
  })
  write('server.pem', renewed.certificate)
  write('server-key.pem', renewed.key)
  t.strictSame(await tls.reload(), { error: null, epoch, isNewEpoch: false })
  t.equal(await ask(live), 'tls payments')
  t.equal(await ask(connect(worker)), 'tls payments')
  t.equal(tls.serverOptions.cert, renewed.certificate)
})

t.test('looks at its files by itself, and takes a change once it is whole', async (t) => {
  const reload = { every: 0.05 }
  const { write, path, connect, ask, nextOutcome } = await startReloadingServer(t, pki, { reload })
  t.equal(await ask(connect(worker)), 'tls payments')
  // Long enough for a look at which nothing has changed.
  await wait(150)
  const failed = nextOutcome()
  write('ca.pem', batch.slice(0, 300))
  t.match(await failed, { error: { code: 'ERR_PEERGATE_PEM_INVALID' } })
  t.equal(await ask(connect(worker)), 'tls payments')
  const taken = nextOutcome()
  write('ca.pem', batch)
  t.equal((await taken).error, null)
  t.equal(await ask(connect(batchWorker)), 'tls payments')
  const missed = nextOutcome()
  unlinkSync(path('ca.pem'))
  t.match(await missed, { error: { code: 'ERR_PEERGATE_FILE_UNREADABLE' } })
  const circled = nextOutcome()
  symlinkSync('ca.pem', path('ca.pem'))
  t.match(await circled, { error: { detail: /ELOOP/u } }, 'a link to itself ends nothing')
  t.equal(await ask(connect(batchWorker)), 'tls payments')
})

t.test('sees through the symbolic link that Kubernetes swaps', async (t) => {
  const folder = t.testdir({})
  for (const [version, ca] of [
    ['v1', payments],
    ['v2', batch],
  ] as const) {
    mkdirSync(`${folder}/${version}`)
    writeFileSync(`${folder}/${version}/ca.pem`, ca)
  }
  symlinkSync('v1', `${folder}/..data`)
  symlinkSync('..data/ca.pem', `${folder}/ca.pem`)
  const { connect, ask, nextOutcome } = await startReloadingServer(t, pki, {
    clientCas: { payments: `${folder}/ca.pem` },
    reload: { every: 0.05 },
  })
  t.equal(await ask(connect(worker)), 'tls payments')
  const taken = nextOutcome()
  symlinkSync('v2', `${folder}/..next`)
  renameSync(`${folder}/..next`, `${folder}/..data`)
  t.equal((await taken).error, null)
  t.equal(await ask(connect(batchWorker)), 'tls payments')
  t.equal(await ask(connect(worker)), 'refused')
})

t.test('reads its files again at SIGHUP, if it is asked to', async (t) => {
  const listeners = process.listenerCount('SIGHUP')
  const { tls, write, connect, ask, nextOutcome } = await startReloadingServer(t, pki, {
    reload: { signal: 'SIGHUP' },
  })
  write('ca.pem', batch)
  const taken = nextOutcome()
  process.kill(process.pid, 'SIGHUP')
  t.equal((await taken).error, null)
  t.equal(await ask(connect(batchWorker)), 'tls payments')
  tls.close()
  t.equal(process.listenerCount('SIGHUP'), listeners)
})

t.test('judges a handshake that began under the old trust by the new one', async (t) => {
  const { tls, port, write, nextRefusal } = await startReloadingServer(t, pki)
  const early = connect({ host: '127.0.0.1', port })
  await once(early, 'connect')
  t.teardown(() => early.destroy())
  write('ca.pem', batch)
  await tls.reload()
  const refused = nextRefusal()
  const socket = connectTls({
    socket: early,
    servername: 'localhost',
    ca: pki.authority('server-ca').certificate,
    cert: worker.certificate,
    key: worker.key,
  })
  socket.on('error', () => undefined)
  t.equal((await refused).error.code, 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED')
})

t.test('refuses options of reload and closing that are not well-formed', async (t) => {
  for (const options of [
    { reload: { every: 0.01 } },
    { reload: { evry: 0.5 } },
    { reload: { signal: 'SIGKILL' } },
    { closing: { within: -1 } },
    { onReload: 'log' },
  ]) {
    const starting = startReloadingServer(t, pki, options as object)
    await t.rejects(starting, { code: 'ERR_PEERGATE_OPTION_INVALID' }, JSON.stringify(options))
  }
})
