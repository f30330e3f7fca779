import { X509Certificate } from 'node:crypto'
import { createServer } from 'node:https'
import { authenticated, onGateEvent, publicRoute } from '@peergate/core'
import type { GateEvent, PeerGate } from '@peergate/core'
import { createConformanceGates, gateName, openTestClient } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { nameless, paymentsGate, worker } from '../support/payments-gate.js'
import type { PaymentsPermission } from '../support/payments-gate.js'
import { listen } from '../support/tls-connection.js'

/** What `gate` tells of its requests since the last call. */
function listenTo(t: Test, gate: string): () => readonly GateEvent[] {
  const told: GateEvent[] = []
  const subscription = onGateEvent((event) => told.push(event), { gate })
  t.teardown(() => subscription.stop())
  return () => told.splice(0)
}

function typesOf(events: readonly GateEvent[]): readonly string[] {
  return events.map(({ type }) => type)
}

function guardsOf(gate: PeerGate<PaymentsPermission>) {
  return {
    open: gate.guard(publicRoute),
    known: gate.guard(authenticated),
    write: gate.guard(gate.permission('invoice:write')),
  }
}

t.test('tells once who sent a request, however often it is judged', (t) => {
  const gate = paymentsGate({ name: 'once' })
  const { open, known, write } = guardsOf(gate)
  const told = listenTo(t, 'once')
  const request = { ...worker }
  for (const guard of [known, open, write, known]) guard(gate.admit(request), request)
  t.same(typesOf(told()), [
    'identity-accepted',
    'permission-allowed',
    'permission-allowed',
    'permission-denied',
    'permission-allowed',
  ])
  gate.identify(request)
  t.same(told(), [])
  t.end()
})

t.test('tells that nobody was needed, and then that somebody was, once each', (t) => {
  const gate = paymentsGate({ name: 'nobody' })
  const { open, known, write } = guardsOf(gate)
  const told = listenTo(t, 'nobody')
  const request = { ...nameless }
  for (const guard of [open, open, known, write]) guard(gate.admit(request), request)
  t.throws(() => gate.identify(request), { code: 'ERR_PEERGATE_IDENTITY_MISSING' })
  t.match(told(), [
    { type: 'identity-absent' },
    { type: 'permission-allowed' },
    { type: 'permission-allowed' },
    { type: 'identity-rejected', policy: 'live', isFirst: false },
  ])
  open(gate.admit(request), request)
  t.same(typesOf(told()), ['permission-allowed'], 'whoever was rejected is not absent as well')
  t.end()
})

t.test('tells of what passes no middleware, outside of all routes', (t) => {
  const gate = paymentsGate({ name: 'apart' })
  const told = listenTo(t, 'apart')
  gate.identify({ ...worker })
  t.throws(() => gate.identify({ ...nameless }), { code: 'ERR_PEERGATE_IDENTITY_MISSING' })
  t.match(told(), [
    { type: 'identity-accepted', request: { route: null } },
    { type: 'identity-rejected', request: { route: null }, isEnforced: true, isFirst: true },
  ])
  t.end()
})

t.test('tells of a guard that is asked without a request, or without a sender', (t) => {
  const gate = paymentsGate({ name: 'bare' })
  const { known, open } = guardsOf(gate)
  const told = listenTo(t, 'bare')
  known(gate.admit(worker))
  t.match(told(), [
    { type: 'identity-accepted', request: { route: null, remoteAddress: null } },
    { type: 'permission-allowed' },
  ])
  known(gate.admit(worker), 'a job')
  t.same(typesOf(told()), ['identity-accepted', 'permission-allowed'])
  known(gate.admit(worker), null)
  t.same(typesOf(told()), ['identity-accepted', 'permission-allowed'])
  for (const guard of [known, open]) {
    guard(null as never)
    t.match(told(), [{ type: 'identity-rejected', code: 'ERR_PEERGATE_MIDDLEWARE_MISSING' }])
  }
  t.end()
})

t.test(
  'names the certificate that gave no identity, and where its request came from',
  async (t) => {
    const { tls, gate, pki, issueClient } = await createConformanceGates()
    const known = gate.guard(authenticated)
    const server = createServer(tls.serverOptions, (request, response) => {
      void known(gate.admit(request), request)
      response.end()
    })
    tls.attach(server)
    const port = await listen(t, server)
    const leaf = await issueClient({ uri: [] })
    const serverCa = pki.authority('server-ca').certificate
    const client = openTestClient({ port, serverCa, leaf, protocol: 'http/1.1' })
    t.teardown(() => client.close())
    const told = listenTo(t, gateName)
    await client.request('GET', '/')
    const { fingerprint256 } = new X509Certificate(leaf.certificate)
    t.match(
      told().filter(({ type }) => type.startsWith('identity')),
      [
        {
          type: 'identity-rejected',
          fingerprint256,
          unverified: null,
          request: { remoteAddress: '127.0.0.1' },
        },
      ],
    )
  },
)
