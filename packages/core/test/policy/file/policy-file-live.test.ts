import { EventEmitter, once } from 'node:events'
import { renameSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import {
  allOf,
  createPeerGate,
  createTlsGate,
  policyFile,
  socketSource,
  spiffe,
  when,
} from '@peergate/core'
import type { PolicyReloadOutcome } from '@peergate/core'
import { createConformanceGates, openTestClient } from '@peergate/testkit'
import type { TestClient } from '@peergate/testkit'
import type { Test } from 'tap'
import t from 'tap'
import { policyFolder } from '../../support/policy-folder.js'
import { listen } from '../../support/tls-connection.js'

const { pki, issueClient } = await createConformanceGates()
const worker = await issueClient()

const head = `identity: spiffe
permissions: [invoice:read, invoice:write]
grants:
`
const reading = `${head}  - identity: spiffe://prod.example/ns/payments/sa/*
    allow: [invoice:read]
`
const writing = `${reading}  - anyIdentity: true
    allow: [invoice:write]
`
const denying = `${reading}  - anyIdentity: true
    deny: [invoice:read]
`

interface LiveService {
  /** A client that makes all its requests over one connection. */
  readonly client: TestClient
  /** Replaces the file by renaming another, and gives what the gate makes of it. */
  readonly replace: (content: string) => Promise<PolicyReloadOutcome>
  readonly path: string
  /** Resolves once a request waits for its predicate. */
  readonly asked: () => Promise<unknown>
  /** Lets the predicate answer. */
  readonly answer: () => void
  readonly connections: () => number
}

async function serve(t: Test): Promise<LiveService> {
  const { write, path } = policyFolder(t)
  const events = new EventEmitter()
  const policy = policyFile({
    path: write('policy.yaml', reading),
    identity: 'spiffe',
    permissions: ['invoice:read', 'invoice:write'],
    reload: { every: 0.05 },
    onReload: (outcome) => events.emit('reload', outcome),
  })
  const tls = createTlsGate({
    server: { cert: pki.leaf('server').certificate, key: pki.leaf('server').key },
    clientCas: { payments: pki.authority('payments-client-ca').certificate },
  })
  t.teardown(() => {
    policy.close()
    tls.close()
  })
  const gate = createPeerGate({
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy,
  })
  async function hold(): Promise<boolean> {
    const answered = once(events, 'answer')
    events.emit('asked')
    await answered
    return true
  }
  const guards = new Map([
    ['/read', gate.guard(gate.permission('invoice:read'))],
    ['/write', gate.guard(gate.permission('invoice:write'))],
    ['/held', gate.guard(allOf(when(hold), gate.permission('invoice:read')))],
  ])
  let connections = 0
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const decision = await guards.get(String(request.url))?.(gate.admit(request))
    response.writeHead(decision?.allowed === true ? 200 : 403).end()
  }
  const server = createServer(tls.serverOptions, (request, response) => {
    void respond(request, response)
  })
  server.on('secureConnection', () => (connections += 1))
  tls.attach(server)
  const port = await listen(t, server)
  const serverCa = pki.authority('server-ca').certificate
  const client = openTestClient({ port, serverCa, leaf: worker, protocol: 'http/1.1' })
  t.teardown(() => client.close())
  return {
    client,
    path: path('policy.yaml'),
    async replace(content) {
      const told = once(events, 'reload') as Promise<[PolicyReloadOutcome]>
      write('next.yaml', content)
      renameSync(path('next.yaml'), path('policy.yaml'))
      return (await told)[0]
    },
    asked: async () => await once(events, 'asked'),
    answer: () => void events.emit('answer'),
    connections: () => connections,
  }
}

async function statusOf(client: TestClient, path: string): Promise<number> {
  return (await client.request('GET', path)).status
}

t.test('decides by a changed file on connections that are open', async (t) => {
  const { client, replace, path, connections } = await serve(t)
  t.equal(await statusOf(client, '/read'), 200)
  t.equal(await statusOf(client, '/write'), 403)
  t.equal((await replace(writing)).error, null)
  t.equal(await statusOf(client, '/write'), 200)

  const broken = await replace(writing.replace('[invoice:read]', '[invoice:raed]'))
  t.equal(broken.error?.code, 'ERR_PEERGATE_PERMISSION_UNKNOWN')
  t.match(broken.error?.message, `${path}:5:13: option "grants.0.allow.0" names the permission`)
  t.equal(await statusOf(client, '/write'), 200, 'the old policy stays in force')
  t.equal((await replace(writing.slice(0, -3))).error?.code, 'ERR_PEERGATE_POLICY_FILE_INVALID')
  t.equal(await statusOf(client, '/write'), 200)

  t.equal((await replace(denying)).error, null)
  t.equal(await statusOf(client, '/read'), 403)
  t.equal(await statusOf(client, '/write'), 403)
  t.equal(connections(), 1)
})

t.test('finishes a decision on the policy on which it began', async (t) => {
  const { client, replace, asked, answer } = await serve(t)
  const waiting = asked()
  const early = statusOf(client, '/held')
  await waiting
  t.equal((await replace(denying)).error, null)
  answer()
  t.equal(await early, 200, 'it was asked before')
  const waitingAgain = asked()
  const late = statusOf(client, '/held')
  await waitingAgain
  answer()
  t.equal(await late, 403)
})
