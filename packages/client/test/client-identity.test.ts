import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createClientIdentity } from '@peergate/client'
import type { ClientMaterial, RotationOutcome } from '@peergate/client'
import t from 'tap'
import { callers } from './support/calls.js'
import { issueClient, materialOf, serverCa } from './support/pki.js'
import { startRecordingServer } from './support/recording-server.js'

const worker = await issueClient()
const next = await issueClient()

for (const [name, createCaller] of Object.entries(callers)) {
  t.test(
    `${name} shows the certificate to the servers that are named, and to no other`,
    async (t) => {
      const named = await startRecordingServer(t)
      const other = await startRecordingServer(t)
      const identity = createClientIdentity({
        ...materialOf(worker),
        servers: { [`localhost:${named.port}`]: {} },
      })
      const caller = createCaller(identity)
      t.equal(await caller.ask(`https://localhost:${named.port}/`), worker.serialNumber)
      t.equal(await caller.ask(`https://localhost:${other.port}/`), 'null')
      t.strictSame(named.offers, [worker.serialNumber])
      t.strictSame(other.offers, [null])
      await caller.close()
      identity.close()
    },
  )

  t.test(
    `${name} shows the new certificate once it is there, and finishes what is in flight`,
    async (t) => {
      const { port, offers } = await startRecordingServer(t)
      let material: ClientMaterial = materialOf(worker)
      const identity = createClientIdentity({
        source: { read: () => material },
        servers: { [`localhost:${port}`]: {} },
      })
      const caller = createCaller(identity)
      const url = `https://localhost:${port}/`
      t.equal(await caller.ask(url), worker.serialNumber)
      const inFlight = caller.ask(`${url}?wait=300`)
      await wait(100)
      material = materialOf(next)
      t.equal((await identity.reload()).serialNumber, next.serialNumber)
      t.equal(identity.certificate.serialNumber, next.serialNumber)
      t.equal(await caller.ask(url), next.serialNumber)
      t.equal(await inFlight, worker.serialNumber)
      t.equal(await caller.ask(url), next.serialNumber)
      t.equal(offers.at(-1), next.serialNumber)
      await caller.close()
      identity.close()
    },
  )
}

for (const [name, createCaller] of Object.entries(callers)) {
  t.test(`${name} closes what is idle and of older material`, async (t) => {
    const { port, countOpen, offers } = await startRecordingServer(t)
    const identity = createClientIdentity({
      ...materialOf(worker),
      servers: { [`localhost:${port}`]: {} },
    })
    const caller = createCaller(identity)
    const url = `https://localhost:${port}/`
    await Promise.all([caller.ask(url), caller.ask(url)])
    t.ok(countOpen() > 0)
    await identity.reload()
    await until(() => countOpen() === 0)
    const before = offers.length
    t.equal(await caller.ask(url), worker.serialNumber)
    t.equal(offers.length, before + 1)
    await caller.close()
    identity.close()
  })

  t.test(`${name} is cut off where it has not finished within the bound`, async (t) => {
    const { port, countOpen } = await startRecordingServer(t)
    const identity = createClientIdentity({
      ...materialOf(worker),
      servers: { [`localhost:${port}`]: {} },
      closing: { within: 0.2 },
    })
    const caller = createCaller(identity)
    const url = `https://localhost:${port}/`
    const asked = caller.ask(`${url}?wait=10000`)
    asked.catch(() => undefined)
    await until(() => countOpen() > 0)
    await identity.reload()
    t.equal(await caller.ask(url), worker.serialNumber)
    const code = 'ERR_PEERGATE_SERVER_UNREACHABLE'
    const upstream = { target: `localhost:${port}` }
    await t.rejects(asked, { code, detail: /0\.2 s after newer material had come/u, upstream })
    t.equal(await caller.ask(url), worker.serialNumber, 'the connections since are not touched')
    await caller.close()
    identity.close()
  })

  t.test(`${name} is told that a connection was lost that had been in use`, async (t) => {
    const { port, cutOff } = await startRecordingServer(t)
    const identity = createClientIdentity({
      ...materialOf(worker),
      servers: { [`localhost:${port}`]: {} },
    })
    const caller = createCaller(identity)
    const url = `https://localhost:${port}/`
    await caller.ask(url)
    // Some callers take a moment until they see that a connection is free.
    await wait(100)
    await caller.ask(url)
    await wait(100)
    const asked = caller.ask(`${url}?wait=10000`)
    asked.catch(() => undefined)
    await wait(200)
    cutOff()
    await t.rejects(asked, { code: 'ERR_PEERGATE_SERVER_UNREACHABLE' })
    await caller.close()
    identity.close()
  })
}

t.test('a server without a port is at 443, where nobody listens here', async (t) => {
  const identity = createClientIdentity({ ...materialOf(worker), servers: { localhost: {} } })
  for (const [name, createCaller] of Object.entries(callers)) {
    const caller = createCaller(identity)
    const upstream = { target: 'localhost:443', certificate: 'configured' }
    const told = caller.ask('https://localhost/')
    await t.rejects(told, { code: 'ERR_PEERGATE_SERVER_UNREACHABLE', upstream }, name)
    await caller.close()
  }
  identity.close()
})

t.test('forgets what nobody holds any more', async (t) => {
  setFlagsFromString('--expose_gc')
  const collect = runInNewContext('gc') as () => void
  const identity = createClientIdentity({ ...materialOf(worker), servers: { localhost: {} } })
  const held = new WeakRef(identity.http2Connect('https://localhost/'))
  await until(() => {
    collect()
    return held.deref() === undefined
  })
  identity.httpsAgent()
  t.equal((await identity.reload()).serialNumber, worker.serialNumber)
  identity.close()
})

t.test('a dispatcher is closed and destroyed as any other', async (t) => {
  const identity = createClientIdentity({ ...materialOf(worker), servers: { localhost: {} } })
  await new Promise<void>((resolve) => identity.dispatcher().close(resolve))
  await new Promise<void>((resolve) => identity.dispatcher().destroy(resolve))
  const dispatcher = identity.dispatcher()
  await dispatcher.destroy(null)
  await t.rejects(fetch('https://localhost/', { dispatcher } as never), {
    cause: { code: 'UND_ERR_DESTROYED' },
  })
  identity.close()
})

t.test('a link that is swapped rotates, half-written files do not', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'peergate-client-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const put = (version: string, files: Readonly<Record<string, string>>) => {
    mkdirSync(join(folder, version))
    for (const [file, content] of Object.entries(files)) {
      writeFileSync(join(folder, version, file), content)
    }
    symlinkSync(version, join(folder, 'next'))
    renameSync(join(folder, 'next'), join(folder, 'data'))
  }
  put('1', { 'cert.pem': worker.certificate, 'key.pem': worker.key, 'ca.pem': serverCa })
  const outcomes: RotationOutcome[] = []
  const identity = createClientIdentity({
    cert: join(folder, 'data', 'cert.pem'),
    key: join(folder, 'data', 'key.pem'),
    serverCas: [join(folder, 'data', 'ca.pem')],
    servers: { 'api.example': {} },
    reload: { every: 0.05 },
    onReload: (outcome) => void outcomes.push(outcome),
  })
  t.teardown(() => identity.close())
  put('2', { 'cert.pem': next.certificate, 'key.pem': worker.key, 'ca.pem': serverCa })
  await until(() => outcomes.length === 1)
  t.equal(outcomes[0]?.error?.code, 'ERR_PEERGATE_CLIENT_KEY_INVALID')
  t.equal(identity.certificate.serialNumber, worker.serialNumber)
  await wait(200)
  t.equal(outcomes.length, 1, 'a fault is told once')

  put('3', { 'cert.pem': next.certificate.slice(0, 300), 'key.pem': next.key, 'ca.pem': serverCa })
  await until(() => outcomes.length === 2)
  t.equal(outcomes[1]?.error?.code, 'ERR_PEERGATE_PEM_INVALID')

  put('4', { 'cert.pem': next.certificate, 'key.pem': next.key, 'ca.pem': serverCa })
  await until(() => outcomes.length === 3)
  t.strictSame(outcomes[2], { error: null, serialNumber: next.serialNumber })
  t.equal(identity.certificate.serialNumber, next.serialNumber)
  t.ok(readdirSync(folder).includes('4'))
})

t.test('a source tells when there is newer material, until the identity is closed', async (t) => {
  let material: ClientMaterial = materialOf(worker)
  let change: (() => void) | undefined
  let stopped = 0
  const identity = createClientIdentity({
    source: {
      read: () => material,
      watch(changed) {
        change = changed
        return () => void (stopped += 1)
      },
    },
    servers: { 'api.example': {} },
  })
  material = materialOf(next)
  change?.()
  t.equal(identity.certificate.serialNumber, next.serialNumber)
  material = { ...material, key: worker.key }
  change?.()
  t.equal(identity.certificate.serialNumber, next.serialNumber)
  await t.rejects(identity.reload(), { code: 'ERR_PEERGATE_CLIENT_KEY_INVALID' })
  identity.close()
  t.equal(stopped, 1)
})

t.test('a signal rotates, until the identity is closed', async (t) => {
  let material: ClientMaterial = materialOf(worker)
  const outcomes: RotationOutcome[] = []
  const identity = createClientIdentity({
    source: { read: () => material },
    servers: { 'api.example': {} },
    reload: { signal: 'SIGHUP' },
    onReload: (outcome) => void outcomes.push(outcome),
  })
  material = materialOf(next)
  process.kill(process.pid, 'SIGHUP')
  while (outcomes.length === 0) await wait(10)
  t.equal(identity.certificate.serialNumber, next.serialNumber)
  const listeners = process.listenerCount('SIGHUP')
  identity.close()
  t.equal(process.listenerCount('SIGHUP'), listeners - 1)
})

t.test('tells of a certificate that is about to end, once', async (t) => {
  const told: string[] = []
  const late = await issueClient({ validity: { from: '-1d', to: '+2d' } })
  let material: ClientMaterial = materialOf(late)
  const identity = createClientIdentity({
    source: { read: () => material },
    servers: { 'api.example': {} },
    onExpiring: ({ serialNumber }) => void told.push(serialNumber),
    expiringWithin: 7,
  })
  t.teardown(() => identity.close())
  await wait(50)
  t.strictSame(told, [late.serialNumber])
  await identity.reload()
  await wait(50)
  t.strictSame(told, [late.serialNumber])
  material = materialOf(await issueClient({ validity: { from: '-1d', to: '+300d' } }))
  await identity.reload()
  await wait(50)
  t.strictSame(told, [late.serialNumber], 'there is time')
})

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(20)
}
