import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { PeerRefusal } from '@peergate/core'
import { createConformanceGates } from '@peergate/testkit'
import t from 'tap'
import { fingerprintOf, startHoldingServer } from '../support/holding-server.js'
import { startReloadingServer } from '../support/reloading-server.js'

const { pki, issueClient } = await createConformanceGates()
const worker = await issueClient()
const colleague = await issueClient()

for (const protocol of ['http/1.1', 'h2'] as const) {
  t.test(`does not cut off an answer in progress on ${protocol}`, async (t) => {
    const { deny, responses, reached, connect } = await startHoldingServer(t, pki, { protocol })
    const client = connect(worker)
    const answer = client.request('GET', '/')
    await reached(1)
    responses[0]?.write('begun, ')
    deny(worker)
    await wait(50)
    responses[0]?.end('ended')
    t.equal((await answer).body, 'begun, ended')
    await t.rejects(client.request('GET', '/'), 'nothing more is taken')
  })

  t.test(`cuts off an answer that takes longer than the bound on ${protocol}`, async (t) => {
    const closing = { within: 0.1 }
    const setting = await startHoldingServer(t, pki, { protocol, closing })
    const answer = setting.connect(worker).request('GET', '/')
    answer.catch(() => undefined)
    await setting.reached(1)
    const [response] = setting.responses as [ServerResponse]
    response.write('begun, ')
    const cut = once(response, 'close')
    setting.deny(worker)
    await cut
    t.notOk(response.writableEnded)
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
