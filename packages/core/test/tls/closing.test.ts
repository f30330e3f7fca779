import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { Server } from 'node:tls'
import { setTimeout as wait } from 'node:timers/promises'
import { createTlsGate } from '@peergate/core'
import type { ClosingOptions, PeerRefusal } from '@peergate/core'
import { createConformanceGates, openTestClient } from '@peergate/testkit'
import type { MintedLeaf } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { startReloadingServer } from '../support/reloading-server.js'
import type { Protocol } from '../support/tls-connection.js'
import { listen } from '../support/tls-connection.js'

const { pki, issueClient } = await createConformanceGates()
const worker = await issueClient()
const colleague = await issueClient()

/** A server that begins each answer at once and ends it when it is told to. */
async function startSlowServer(t: Test, protocol: Protocol, closing: ClosingOptions) {
  const { certificate, key } = pki.leaf('server')
  const tls = createTlsGate({
    server: { cert: certificate, key },
    clientCas: { payments: pki.authority('payments-client-ca').certificate },
    closing,
  })
  const responses: ServerResponse[] = []
  function handle(_request: object, response: unknown): void {
    ;(response as ServerResponse).write('begun, ')
    responses.push(response as ServerResponse)
  }
  const server: Server =
    protocol === 'h2'
      ? createSecureServer(tls.serverOptions, handle)
      : createServer(tls.serverOptions, handle as (q: IncomingMessage, r: ServerResponse) => void)
  tls.attach(server)
  const port = await listen(t, server)
  return {
    tls,
    responses,
    connect: (leaf: MintedLeaf) => {
      const serverCa = pki.authority('server-ca').certificate
      const client = openTestClient({ port, serverCa, leaf, protocol })
      t.teardown(() => client.close())
      return client
    },
  }
}

for (const protocol of ['http/1.1', 'h2'] as const) {
  t.test(`does not cut off an answer in progress on ${protocol}`, async (t) => {
    const { tls, responses, connect } = await startSlowServer(t, protocol, {})
    const client = connect(worker)
    const answer = client.request('GET', '/')
    while (responses.length === 0) await wait(5)
    tls.setDenylist({
      serialNumbers: [
        { issuer: 'CN=Payments Client CA,O=Example', serialNumber: worker.serialNumber },
      ],
    })
    await wait(50)
    responses[0]?.end('ended')
    t.equal((await answer).body, 'begun, ended')
    await t.rejects(client.request('GET', '/'), 'nothing more is taken')
  })

  t.test(`cuts off an answer that takes longer than the bound on ${protocol}`, async (t) => {
    const { tls, responses, connect } = await startSlowServer(t, protocol, { within: 0.1 })
    const client = connect(worker)
    const answer = client.request('GET', '/')
    answer.catch(() => undefined)
    while (responses.length === 0) await wait(5)
    const [response] = responses
    const cut = once(response as ServerResponse, 'close')
    tls.setDenylist({ fingerprints: [fingerprintOf(worker)] })
    await cut
    t.notOk(response?.writableEnded)
  })
}

t.test(
  'lets nobody who is on the denylist in, by fingerprint or by issuer and number',
  async (t) => {
    const { tls, connect, ask, nextRefusal } = await startReloadingServer(t, pki)
    const live = connect(worker)
    t.equal(await ask(live), 'tls payments')
    const { epoch } = tls
    const plain = fingerprintOf(worker).replaceAll(':', '').toLowerCase()
    tls.setDenylist({ fingerprints: [plain] })
    t.not(tls.epoch, epoch)
    t.equal(await ask(live), 'refused')
    const refused = nextRefusal()
    t.equal(await ask(connect(worker)), 'refused')
    t.match(await refused, { error: { code: 'ERR_PEERGATE_CERTIFICATE_REVOKED' } })
    t.equal(await ask(connect(colleague)), 'tls payments')

    tls.setDenylist({})
    t.equal(tls.epoch, epoch, 'the same trust is the same epoch')
    t.equal(await ask(connect(worker)), 'tls payments')
    for (const serialNumber of [worker.serialNumber.toLowerCase(), `00${worker.serialNumber}`]) {
      tls.setDenylist({
        serialNumbers: [{ issuer: 'CN=Payments Client CA,O=Example', serialNumber }],
      })
      t.equal(await ask(connect(worker)), 'refused')
      t.equal(await ask(connect(colleague)), 'tls payments')
    }
  },
)

t.test(
  'keeps the denylist over a reload, and the old one where the new one is faulty',
  async (t) => {
    const { tls, connect, ask } = await startReloadingServer(t, pki)
    tls.setDenylist({ fingerprints: [fingerprintOf(worker)] })
    await tls.reload()
    t.throws(() => tls.setDenylist({ fingerprints: ['AB:CD'] }), {
      code: 'ERR_PEERGATE_OPTION_INVALID',
    })
    t.equal(await ask(connect(worker)), 'refused')
    t.equal(await ask(connect(colleague)), 'tls payments')
  },
)

t.test('closes a connection when its certificate ends, if it is asked to', async (t) => {
  for (const atExpiry of [true, false]) {
    const { connect, ask } = await startReloadingServer(t, pki, { closing: { atExpiry } })
    const leaf = await issueClient({ validity: { from: '-1h', to: '+2s' } })
    const client = connect(leaf)
    t.equal(await ask(client), 'tls payments')
    await wait(leaf.notAfter.getTime() - Date.now() + 200)
    t.equal(await ask(client), atExpiry ? 'refused' : 'tls payments', `atExpiry: ${atExpiry}`)
  }
})

t.test('refuses who is on the denylist of its options from the beginning', async (t) => {
  const refusals: PeerRefusal[] = []
  const { connect, ask } = await startReloadingServer(t, pki, {
    denylist: { fingerprints: [fingerprintOf(worker)] },
    onRefused: (refusal) => refusals.push(refusal),
  })
  t.equal(await ask(connect(worker)), 'refused')
  t.equal(await ask(connect(colleague)), 'tls payments')
  t.equal(refusals[0]?.error.code, 'ERR_PEERGATE_CERTIFICATE_REVOKED')
})

function fingerprintOf({ der }: MintedLeaf): string {
  return new X509Certificate(der).fingerprint256
}
