import { X509Certificate } from 'node:crypto'
import { createServer } from 'node:https'
import { authenticated, gateChannels, onGateEvent, publicRoute } from '@peergate/core'
import type { GateEvent } from '@peergate/core'
import {
  createConformanceGates,
  forwardedHeaders,
  openTestClient,
  proxyId,
} from '@peergate/testkit'
import type { ConformanceGates, TestClient } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { gateOf, openFile, yamlOf } from '../support/file-gate.js'
import { policyFolder } from '../support/policy-folder.js'
import { startReloadingServer } from '../support/reloading-server.js'
import { listen } from '../support/tls-connection.js'

const gates = await createConformanceGates({ behindProxy: true })
const { pki, issueClient } = gates
const worker = await issueClient()
const rogue = await issueClient({ issuer: 'rogue-client-ca' })
const proxy = await issueClient({ issuer: 'batch-client-ca', uri: [proxyId] })
const stranger = await issueClient({ uri: [] })

/** What a client sends besides its certificate, all of which is its own business. */
const secretHeaders = {
  authorization: 'Bearer c2VjcmV0LXRva2Vu',
  cookie: 'session=4fd1b9',
  'x-request-id': 'not valid: 7781',
  'user-agent': 'agent-of-somebody/1.0',
}
const secretPath = '/patients/p4711x?diagnosis=private'

/** The TLS of a service: who comes, who is refused, who is cut off, and what is read again. */
async function runTlsScenario(t: Test): Promise<readonly string[]> {
  const { tls, write, path, connect, ask, nextRefusal } = await startReloadingServer(t, pki)
  const live = connect(worker)
  t.equal(await ask(live), 'tls payments')
  const refusal = nextRefusal()
  t.equal(await ask(connect(rogue)), 'refused')
  await refusal
  write('ca.pem', pki.authority('batch-client-ca').certificate)
  const cutOff = nextRefusal()
  await tls.reload()
  await cutOff
  t.equal(await ask(live), 'refused')
  for (const file of ['ca.pem', 'server-key.pem']) {
    write(file, `${worker.certificate.slice(0, 300)} cut off`)
    await t.rejects(tls.reload())
  }
  return [path('')]
}

/** A server that lets nobody through whom it should not, and observes a stranger. */
async function runObservingScenario(t: Test): Promise<void> {
  const observing = { mode: 'observe' } as const
  const { connect, ask } = await startReloadingServer(t, pki, observing)
  await ask(connect(rogue))
}

/** What a service behind a proxy is asked, and what the proxy says of its clients. */
async function runProxyScenario(t: Test): Promise<readonly string[]> {
  const client = await openProxied(t, gates)
  const forwarded = [
    forwardedHeaders(worker.certificate),
    forwardedHeaders(stranger.certificate),
    {},
    { 'client-cert': ':bm90IGEgY2VydGlmaWNhdGU=:' },
    { 'client-cert': 'what is this' },
    { ...forwardedHeaders(worker.certificate), client_cert: 'aliased-value' },
    { ...forwardedHeaders(worker.certificate), 'client-cert-chain': 'not-a-chain' },
  ]
  for (const headers of forwarded) {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      await client.request(method, secretPath, { ...secretHeaders, ...headers })
    }
  }
  return forwarded.flatMap((headers) => Object.values(headers))
}

async function openProxied(t: Test, { tls, gate }: ConformanceGates): Promise<TestClient> {
  const guards = new Map([
    ['GET', gate.guard(gate.permission('invoice:read'))],
    ['POST', gate.guard(gate.permission('invoice:write'))],
    ['PUT', gate.guard(authenticated)],
    ['DELETE', gate.guard(publicRoute)],
  ])
  const server = createServer(tls.serverOptions, (request, response) => {
    void guards.get(String(request.method))?.(gate.admit(request), request)
    response.end('asked')
  })
  tls.attach(server)
  const port = await listen(t, server)
  const serverCa = pki.authority('server-ca').certificate
  const client = openTestClient({ port, serverCa, leaf: proxy, protocol: 'http/1.1' })
  t.teardown(() => client.close())
  return client
}

/** A policy file that is changed, lost and broken. */
async function runPolicyScenario(t: Test): Promise<readonly string[]> {
  const { write, path } = policyFolder(t)
  const file = openFile(t, write('policy.yaml', yamlOf('invoice:read')))
  gateOf(file)
  await file.reload()
  for (const content of ['identity: [', yamlOf('invoice:approve')]) {
    write('policy.yaml', content)
    await t.rejects(file.reload())
  }
  return [path(''), path('policy.yaml')]
}

/** Every text, number and key in `value`; whatever is neither plain nor listed is a fault. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'object' && value !== null) {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== Array.prototype) yield 'an odd object'
    for (const [key, part] of Object.entries(value)) {
      yield key
      yield* textsIn(part)
    }
  } else yield String(value)
}

function secretsOf(certificate: string): readonly string[] {
  const { raw } = new X509Certificate(certificate)
  return ['base64', 'base64url', 'hex'].flatMap((encoding) => {
    const text = raw.toString(encoding as 'hex')
    const middle = Math.floor(text.length / 2)
    return [text.slice(0, 40), text.slice(middle, middle + 40), text.slice(-40)]
  })
}

t.test('tells nobody a certificate, a header, a URL or the path of a file', async (t) => {
  const events: GateEvent[] = []
  const subscription = onGateEvent((event) => events.push(event))
  t.teardown(() => subscription.stop())
  await runObservingScenario(t)
  const values = [
    ...(await runTlsScenario(t)),
    ...(await runProxyScenario(t)),
    ...(await runPolicyScenario(t)),
    ...Object.values(secretHeaders),
    ...secretPath.split(/[/?=]/u).filter((part) => part !== ''),
    '-----BEGIN',
    'cut off',
    'an odd object',
    ...[worker, rogue, proxy, stranger].flatMap(({ certificate }) => secretsOf(certificate)),
  ]
  const types = new Set<string>(events.map(({ type }) => type))
  t.same([...types].toSorted(), Object.keys(gateChannels).toSorted(), 'every type was published')
  const texts = events.flatMap((event) => Array.from(textsIn(event)))
  for (const value of values) {
    t.same(
      texts.filter((text) => text.includes(value)),
      [],
      value,
    )
  }
})

t.test('is not changed by whoever is told of it', async (t) => {
  const seen: GateEvent[] = []
  const subscription = onGateEvent((event) => seen.push(event))
  t.teardown(() => subscription.stop())
  await runTlsScenario(t)
  await runProxyScenario(t)
  t.ok(seen.length > 10)
  for (const event of seen) {
    for (const value of [event, ...Object.values(event)]) {
      if (typeof value === 'object') t.ok(Object.isFrozen(value), `${event.type} is frozen`)
    }
  }
  subscription.stop()
})

t.test('tells that a connection was cut off in the middle, with what was verified', async (t) => {
  const { tls, write, connect, ask, nextRefusal } = await startReloadingServer(t, pki, {
    name: 'cut',
  })
  const closed: GateEvent[] = []
  const subscription = onGateEvent((event) => closed.push(event), {
    gate: 'cut',
    types: ['connection-closed'],
  })
  t.teardown(() => subscription.stop())
  t.equal(await ask(connect(worker)), 'tls payments')
  write('ca.pem', pki.authority('batch-client-ca').certificate)
  const refusal = nextRefusal()
  await tls.reload()
  await refusal
  const { fingerprint256 } = new X509Certificate(worker.certificate)
  t.match(closed, [
    {
      type: 'connection-closed',
      code: 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
      isEnforced: true,
      certificate: { fingerprint256 },
      connection: { remoteAddress: '127.0.0.1', protocol: 'TLSv1.3' },
    },
  ])
})
