import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { onGateEvent, socketSource } from '@peergate/core'
import type { RolloutMode } from '@peergate/core'
import { createConformanceGates } from '@peergate/testkit'
import t from 'tap'
import { startReloadingServer } from '../../support/reloading-server.js'

const { pki, issueClient } = await createConformanceGates()
const revoked = 'ERR_PEERGATE_CERTIFICATE_REVOKED'

for (const protocol of ['http/1.1', 'h2'] as const) {
  for (const [mode, after, live] of [
    ['observe', [revoked, revoked, revoked], 0],
    ['enforce', ['refused', 'refused', 'refused'], 0],
    ['strict', ['refused', 'refused', 'refused'], 0],
  ] as const satisfies readonly (readonly [RolloutMode, readonly string[], number])[]) {
    const becomes = mode === 'observe' ? 'goes on as nobody' : 'is closed'
    t.test(`${mode}: who is denied on a live connection of ${protocol} ${becomes}`, async (t) => {
      const told: unknown[] = []
      const subscription = onGateEvent(
        ({ code, isEnforced, certificate }) =>
          told.push([code, isEnforced, certificate.serialNumber]),
        { types: ['connection-closed'] },
      )
      t.teardown(() => subscription.stop())
      const refusals: unknown[] = []
      const { tls, connect, ask } = await startReloadingServer(t, pki, {
        protocol,
        mode,
        onRefused: ({ error, isEnforced }) => refusals.push([error.code, isEnforced]),
      })
      const leaf = await issueClient()
      const client = connect(leaf)
      t.equal(await ask(client), 'tls payments')
      t.equal(tls.status().liveConnections, 1)
      const { fingerprint256 } = new X509Certificate(leaf.certificate)
      tls.setDenylist({ fingerprints: [fingerprint256] })
      const answers: string[] = []
      // One connection of HTTP/1.1 that was closed gives way to another, which is not accepted either.
      for (let turn = 0; turn < after.length; turn += 1) {
        const answer = await ask(client)
        answers.push(mode === 'enforce' && answer.includes(revoked) ? 'refused' : answer)
      }
      t.strictSame(answers, after)
      t.strictSame(told, [[revoked, mode !== 'observe', leaf.serialNumber]], 'told once')
      t.strictSame(refusals[0], [revoked, mode !== 'observe'])
      t.equal(tls.status().liveConnections, live)
      tls.setDenylist({})
      const again = await ask(client)
      if (mode === 'observe') t.equal(again, revoked, 'who was refused does not come back')
    })
  }
}

t.test('observe: a revocation list that is reloaded counts on live connections', async (t) => {
  const leaf = await issueClient()
  const list = async (serialNumbers: readonly string[], thisUpdate: string) =>
    (await pki.revocationList({ issuer: 'payments-client-ca', serialNumbers, thisUpdate })).pem
  const folder = t.testdir({ 'payments.crl': await list([], '-1h') })
  const lists = `${folder}/payments.crl`
  const { tls, server, connect, ask, nextRefusal } = await startReloadingServer(t, pki, {
    mode: 'observe',
    clientCas: {
      payments: {
        anchors: pki.authority('payments-client-ca').certificate,
        revocation: { lists },
      },
    },
  })
  const source = socketSource({ tls })
  const claims: unknown[] = []
  server.on('request', (request: IncomingMessage) =>
    claims.push(source.unverifiedPeerOf?.(request)?.isOfConfiguredCa ?? null),
  )
  const client = connect(leaf)
  t.equal(await ask(client), 'tls payments')
  writeFileSync(lists, await list([leaf.serialNumber], '+0s'))
  const refused = nextRefusal()
  await tls.reload()
  t.equal((await refused).isEnforced, false)
  t.equal(await ask(client), revoked)
  t.equal(await ask(connect(leaf)), revoked, 'on a new connection, too')
  t.strictSame(claims, [null, true, true], 'it is known whose CA it is of, and not by its word')
})

t.test('observe: a connection whose certificate ends goes on as nobody', async (t) => {
  const leaf = await issueClient({ validity: { from: '-1h', to: '+2s' } })
  const { connect, ask, nextRefusal } = await startReloadingServer(t, pki, {
    mode: 'observe',
    closing: { atExpiry: true },
  })
  const refused = nextRefusal()
  const client = connect(leaf)
  t.equal(await ask(client), 'tls payments')
  const { error, isEnforced } = await refused
  t.strictSame([error.code, isEnforced], ['ERR_PEERGATE_CERTIFICATE_EXPIRED', false])
  t.not(await ask(client), 'refused', 'the connection is not closed')
})
