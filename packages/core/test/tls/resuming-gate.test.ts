import { once } from 'node:events'
import { connect } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { text } from 'node:stream/consumers'
import { createConformanceGates } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { startReloadingServer } from '../support/reloading-server.js'
import type { ReloadingServer } from '../support/reloading-server.js'

const { pki, issueClient } = await createConformanceGates()
const worker = await issueClient()
const resumption = { maxAge: 300, sharedSecret: 'a secret of more than thirty-two bytes' }

/** One request; the session that was given, and whether the connection resumed one. */
async function visit({ port }: ReloadingServer, options: ConnectionOptions = {}) {
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: pki.authority('server-ca').certificate,
    cert: worker.certificate,
    key: worker.key,
    ...options,
  })
  const sessions: Buffer[] = []
  socket.on('session', (session) => sessions.push(session))
  await once(socket, 'secureConnect')
  const resumed = socket.isSessionReused()
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  const [, answer = 'refused'] = (await text(socket).catch(() => '')).split('\r\n\r\n')
  return { resumed, answer, session: sessions.at(-1) }
}

async function start(t: Test, options = {}) {
  return await startReloadingServer(t, pki, { resumption, ...options })
}

for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const) {
  const minVersion = 'TLSv1.2'

  t.test(
    `resumes a session with its identity, and not after a new epoch, on ${maxVersion}`,
    async (t) => {
      const server = await start(t, { minVersion })
      const first = await visit(server, { maxVersion })
      t.match(first, { resumed: false, answer: 'tls payments' })
      const { session } = first
      t.match(await visit(server, { maxVersion, session }), {
        resumed: true,
        answer: 'tls payments',
      })
      server.tls.setDenylist({ fingerprints: ['00'.repeat(32)] })
      t.match(await visit(server, { maxVersion, session }), {
        resumed: false,
        answer: 'tls payments',
      })
    },
  )

  t.test(
    `lets two gates with one secret and one trust resume each other on ${maxVersion}`,
    async (t) => {
      const [here, there] = [await start(t, { minVersion }), await start(t, { minVersion })]
      t.equal(here.tls.epoch, there.tls.epoch)
      const { session } = await visit(here, { maxVersion })
      t.match(await visit(there, { maxVersion, session }), {
        resumed: true,
        answer: 'tls payments',
      })
      for (const { tls } of [here, there]) tls.setDenylist({ fingerprints: ['00'.repeat(32)] })
      t.match(await visit(there, { maxVersion, session }), {
        resumed: false,
        answer: 'tls payments',
      })
      const { session: renewed } = await visit(here, { maxVersion })
      t.match(await visit(there, { maxVersion, session: renewed }), { resumed: true })
    },
  )
}

t.test('does not let a denied peer come back by its session', async (t) => {
  const server = await start(t)
  const { session } = await visit(server)
  const { serialNumber } = worker
  server.tls.setDenylist({
    serialNumbers: [{ issuer: 'CN=Payments Client CA,O=Example', serialNumber }],
  })
  t.equal((await visit(server, { session })).answer, 'refused')
})

t.test('keeps the keys of its tickets to itself', async (t) => {
  const { tls } = await start(t)
  t.notOk('ticketKeys' in tls.serverOptions)
})

t.test('refuses resumption that is not safe', async (t) => {
  for (const options of [{ maxAge: 301 }, { maxAge: 0 }, { maxAge: 60, sharedSecret: 'short' }]) {
    const starting = start(t, { resumption: options })
    await t.rejects(starting, { code: 'ERR_PEERGATE_OPTION_INVALID' })
  }
})
