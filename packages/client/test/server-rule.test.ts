import { once } from 'node:events'
import { get } from 'node:https'
import { createPublicKey, hash } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { createClientIdentity } from '@peergate/client'
import type { ServerRule } from '@peergate/client'
import t from 'tap'
import { callers } from './support/calls.js'
import { issueClient, materialOf, pki, serverId } from './support/pki.js'
import { startRecordingServer } from './support/recording-server.js'

const worker = await issueClient()
const spki = createPublicKey(pki.leaf('server').certificate).export({ type: 'spki', format: 'der' })
const pin = `sha256/${hash('sha256', spki, 'base64')}`
const otherPin = `sha256/${hash('sha256', 'another key', 'base64')}`

const rows: readonly (readonly [rule: ServerRule, host: string, fault: RegExp | null])[] = [
  [{}, 'localhost', null],
  [{ spiffeId: serverId }, 'localhost', null],
  [
    { spiffeId: 'spiffe://prod.example/other' },
    'localhost',
    /bears "spiffe:\/\/prod\.example\/api" and not/u,
  ],
  [{ uri: serverId }, 'localhost', null],
  [{ spiffeId: serverId, uri: serverId }, 'localhost', null],
  [{ uri: 'https://api.example/' }, 'localhost', /and not "https:\/\/api\.example\/"/u],
  [{ pins: [pin] }, 'localhost', null],
  [{ pins: [otherPin, pin] }, 'localhost', null],
  [{ pins: [otherPin] }, 'localhost', /none of those that are named/u],
]

t.test('a server must be the one that its rule means', async (t) => {
  const { port } = await startRecordingServer(t)
  for (const [rule, host, fault] of rows) {
    const identity = createClientIdentity({
      ...materialOf(worker),
      servers: { [`${host}:${port}`]: rule },
    })
    for (const [name, createCaller] of Object.entries(callers)) {
      const caller = createCaller(identity)
      const told = await caller.ask(`https://${host}:${port}/`).catch((error: unknown) => error)
      if (fault === null) t.equal(told, worker.serialNumber, `${JSON.stringify(rule)}: ${name}`)
      else t.match(told, { code: 'ERR_PEERGATE_SERVER_MISMATCH', detail: fault }, name)
      await caller.close()
    }
    identity.close()
  }
})

t.test('a server without a URI is none that is known by one', async (t) => {
  const leaf = await pki.issue({
    issuer: 'server-ca',
    subject: 'CN=localhost',
    usage: 'server',
    dns: ['localhost'],
  })
  const { port } = await startRecordingServer(t, leaf)
  const identity = createClientIdentity({
    ...materialOf(worker),
    servers: { [`localhost:${port}`]: { spiffeId: serverId } },
  })
  const agent = identity.httpsAgent()
  const [error] = (await once(get({ host: 'localhost', port, agent }), 'error')) as unknown[]
  t.match(error, { code: 'ERR_PEERGATE_SERVER_MISMATCH', detail: /it bears no URI and not/u })
  identity.close()
})

t.test(
  'no request can switch the verification off, or take the certificate elsewhere',
  async (t) => {
    const named = await startRecordingServer(t)
    const other = await startRecordingServer(t)
    const identity = createClientIdentity({
      ...materialOf(worker),
      serverCas: pki.authority('other-ca').certificate,
      servers: { [`localhost:${named.port}`]: {} },
    })
    const agent = identity.httpsAgent()
    const tries = [
      { rejectUnauthorized: false },
      { ca: pki.authority('server-ca').certificate },
      { checkServerIdentity: () => undefined, rejectUnauthorized: false },
      { cert: worker.certificate, key: worker.key, rejectUnauthorized: false },
      { secureContext: createSecureContext({ ca: pki.authority('server-ca').certificate }) },
    ]
    for (const options of tries) {
      for (const port of [named.port, other.port]) {
        const request = get({ host: 'localhost', port, agent, ...options })
        const [error] = (await once(request, 'error')) as unknown[]
        t.match(error, { code: 'ERR_PEERGATE_SERVER_UNTRUSTED' })
      }
    }
    agent.destroy()
    t.ok(other.offers.every((offer) => offer === null))
  },
)
