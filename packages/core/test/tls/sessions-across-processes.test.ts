import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { ConnectionOptions, SecureVersion } from 'node:tls'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Test } from 'tap'
import type { GateProcessOptions, GateProcessStatus, TrustChange } from '../support/gate-process.js'
import { answerTo, sessionOf } from '../support/tls-connection.js'
import { createTlsSetting } from '../support/tls-setting.js'

const { pki, options, issueClient } = await createTlsSetting()
const client = await issueClient()
const payments = pki.authority('payments-client-ca').certificate
const batch = pki.authority('batch-client-ca').certificate
const sharedSecret = 'a secret of more than thirty-two bytes'
const full = 'full: tls payments'
const resumed = 'resumed: tls payments'

/** A process with a server of its TLS gate. */
interface GateProcess {
  readonly change: (change: TrustChange) => Promise<void>
  readonly epoch: () => string
  readonly take: (version: SecureVersion) => Promise<Buffer>
  readonly resume: (version: SecureVersion, session: Buffer) => Promise<string>
}

async function startProcess(
  t: Test,
  own: Omit<GateProcessOptions, 'server'>,
): Promise<GateProcess> {
  const child = fork(fileURLToPath(new URL('../support/gate-process.js', import.meta.url)))
  t.teardown(() => child.kill())
  const gone = once(child, 'exit').then((): never => {
    throw new Error('the process ended')
  })
  gone.catch(() => undefined)
  const tell = async (message: GateProcessOptions | TrustChange): Promise<GateProcessStatus> => {
    child.send(message as GateProcessOptions)
    const [answer] = await Promise.race([once(child, 'message'), gone])
    return answer as GateProcessStatus
  }
  let status = await tell({ server: options.server, ...own })
  const reach = (version: SecureVersion): ConnectionOptions => {
    return { ...client, port: status.port, minVersion: version, maxVersion: version }
  }
  return {
    async change(change) {
      status = await tell(change)
    },
    epoch: () => status.epoch,
    take: async (version) => sessionOf(reach(version)),
    resume: async (version, session) => answerTo({ ...reach(version), session }),
  }
}

/** A file with the client CAs, which every process reads. */
function createCaFile(t: Test): { readonly path: string; readonly write: (pem: string) => void } {
  const folder = mkdtempSync(`${tmpdir()}/peergate-`)
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = `${folder}/ca.pem`
  const write = (pem: string): void => writeFileSync(path, pem)
  write(payments)
  return { path, write }
}

t.test('processes with one secret and one trust resume each other’s sessions', async (t) => {
  const { path, write } = createCaFile(t)
  const start = async (secret: string) =>
    startProcess(t, {
      clientCas: { payments: path },
      resumption: { maxAge: 300, sharedSecret: secret },
    })
  const [here, there] = await Promise.all([start(sharedSecret), start(sharedSecret)])

  async function checkShared(t: Test, version: SecureVersion): Promise<void> {
    t.equal(here.epoch(), there.epoch())
    const [ofHere, ofThere] = [await here.take(version), await there.take(version)]
    t.equal(await there.resume(version, ofHere), resumed)
    t.equal(await here.resume(version, ofThere), resumed)
  }

  for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
    await t.test(`of ${version}`, async (t) => checkShared(t, version))

    for (const [name, prepare, change] of [
      ['a file of client CAs', () => write(`${payments}${batch}`), null],
      ['the denylist', () => undefined, { fingerprints: ['00'.repeat(32)] }],
    ] as const) {
      await t.test(`of ${version}, until ${name} changes at both`, async (t) => {
        const [ofHere, ofThere] = [await here.take(version), await there.take(version)]
        prepare()
        await here.change(change)
        t.not(here.epoch(), there.epoch())
        t.equal(await here.resume(version, ofThere), full, 'old sessions where it changed')
        t.equal(await here.resume(version, ofHere), full, 'even its own')
        const later = await here.take(version)
        t.equal(await there.resume(version, later), full, 'new ones where it did not change')

        await there.change(change)
        t.equal(await there.resume(version, ofHere), full, 'old sessions at the other')
        t.equal(await there.resume(version, ofThere), full)
        t.equal(await there.resume(version, later), resumed, 'new ones once it changed')
        await checkShared(t, version)
      })
    }

    write(payments)
    for (const each of [here, there]) {
      await each.change({})
      await each.change(null)
    }
  }

  await t.test('and of no process with another secret', async (t) => {
    const other = await start(`${sharedSecret}, and yet another one`)
    t.equal(other.epoch(), here.epoch())
    t.equal(await other.resume('TLSv1.3', await here.take('TLSv1.3')), full)
  })
})
