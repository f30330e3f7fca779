import { createPeerGate, createTlsGate, definePolicy, socketSource, spiffe } from '@peergate/core'
import type { Grant, PeerRefusal } from '@peergate/core'
import { createConformanceGates, openTestClient } from '@peergate/testkit'
import type { MintedLeaf } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { atOnce } from '../../support/decide-by.js'
import { fingerprintOf } from '../../support/holding-server.js'
import { startReloadingServer } from '../../support/reloading-server.js'
import { createServerOf, listen } from '../../support/tls-connection.js'
import { twinLeafOf } from '../../support/twin-certificate.js'

const { pki, issueClient } = await createConformanceGates()
const worker = await issueClient()
const twin = twinLeafOf(worker)
const colleague = await issueClient()
const notAfter = '9999-12-31T23:59:59Z'

t.test('F14 a certificate on the denylist does not come back as its twin', async (t) => {
  const codes: string[] = []
  const onRefused = ({ error }: PeerRefusal) => codes.push(error.code)
  const { tls, connect, ask } = await startReloadingServer(t, pki, { onRefused })
  const live = connect(twin)
  t.equal(await ask(live), 'tls payments', 'OpenSSL takes the other signature')
  tls.setDenylist({ fingerprints: [fingerprintOf(worker)] })
  t.equal(await ask(live), 'refused')
  t.equal(await ask(connect(twin)), 'refused')
  t.equal(codes.at(-1), 'ERR_PEERGATE_CERTIFICATE_REVOKED')
  t.equal(await ask(connect(colleague)), 'tls payments')
})

t.test('F14 a denial of a certificate is one of its twin', async (t) => {
  const denial = {
    fingerprint256: fingerprintOf(worker),
    notAfter,
    deny: ['invoice:read'],
  } as const
  const ask = await startDeciding(t, [{ anyIdentity: true, allow: ['invoice:read'] }, denial])
  t.equal(await ask(worker), 'denied')
  t.equal(await ask(twin), 'denied')
  t.equal(await ask(colleague), 'granted')
})

t.test('F14 a grant for a certificate is none for its twin', async (t) => {
  const ask = await startDeciding(t, [
    { fingerprint256: fingerprintOf(worker), notAfter, allow: ['invoice:read'] },
  ])
  t.equal(await ask(worker), 'granted')
  t.equal(await ask(twin), 'not-granted')
})

/** Starts a server that answers by these grants, and gives a function that asks it. */
async function startDeciding(
  t: Test,
  grants: readonly Grant<'invoice:read', string>[],
): Promise<(leaf: MintedLeaf) => Promise<string>> {
  const { certificate: cert, key } = pki.leaf('server')
  const clientCas = { payments: pki.authority('payments-client-ca').certificate }
  const tls = createTlsGate({ server: { cert, key }, clientCas })
  t.teardown(() => tls.close())
  const gate = createPeerGate({
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: definePolicy<'spiffe', 'invoice:read', string>({
      identity: 'spiffe',
      permissions: ['invoice:read'],
      grants,
    }),
  })
  const guard = gate.guard(gate.permission('invoice:read'))
  const server = createServerOf(
    'http/1.1',
    tls.serverOptions,
    (request) => atOnce(guard(gate.admit(request), request)).reason,
  )
  tls.attach(server)
  const port = await listen(t, server)
  return async (leaf) => {
    const serverCa = pki.authority('server-ca').certificate
    const client = openTestClient({ port, serverCa, leaf, protocol: 'http/1.1' })
    t.teardown(() => client.close())
    return (await client.request('GET', '/')).body
  }
}
