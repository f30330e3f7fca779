import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { socketSource } from '@peergate/core'
import type { PeerRefusal, TlsGateOptions } from '@peergate/core'
import { createConformanceGates } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { fingerprintOf } from '../support/holding-server.js'
import { startReloadingServer } from '../support/reloading-server.js'
import type { ReloadingServer } from '../support/reloading-server.js'
import type { Protocol } from '../support/tls-connection.js'

const { pki, issueClient } = await createConformanceGates()
const worker = await issueClient()
const colleague = await issueClient({ issuer: 'payments-intermediate' })
const payments = pki.authority('payments-client-ca').certificate
const batch = pki.authority('batch-client-ca').certificate

/** A server with what its TLS gate has reported. */
async function start(t: Test, protocol: Protocol, options: Partial<TlsGateOptions> = {}) {
  const refusals: PeerRefusal[] = []
  const onRefused = (refusal: PeerRefusal) => refusals.push(refusal)
  const server = await startReloadingServer(t, pki, { protocol, onRefused, ...options })
  return { ...server, refusals }
}

interface Change {
  readonly name: string
  readonly code: string
  readonly change: (server: ReloadingServer) => unknown
}

const changes: readonly Change[] = [
  {
    name: 'its CA was removed',
    code: 'UNTRUSTED',
    async change({ tls, write }) {
      write('ca.pem', batch)
      await tls.reload()
    },
  },
  {
    name: 'the denylist has it',
    code: 'REVOKED',
    change: ({ tls }) => tls.setDenylist({ fingerprints: [fingerprintOf(worker)] }),
  },
]

// Some of them wait for seconds until something has ended, and can do so together.
t.jobs = 4

for (const protocol of ['http/1.1', 'h2'] as const) {
  for (const { name, code, change } of changes) {
    t.test(`reports once whose connection it closes on ${protocol}: ${name}`, async (t) => {
      const server = await start(t, protocol)
      const { connect, ask, refusals, tls } = server
      const live = connect(worker)
      t.equal(await ask(live), 'tls payments')
      await change(server)
      t.match(refusals, [
        {
          error: { code: `ERR_PEERGATE_CERTIFICATE_${code}` },
          reason: null,
          remoteAddress: '127.0.0.1',
          servername: 'localhost',
          protocol: 'TLSv1.3',
          unverifiedCertificate: { subject: 'CN=reader', serialNumber: worker.serialNumber },
        },
      ])
      tls.setDenylist({ fingerprints: [fingerprintOf(worker), fingerprintOf(colleague)] })
      await tls.reload()
      t.equal(refusals.length, 1)
      t.equal(await ask(live), 'refused')
    })
  }

  t.test(`reports whom a request finds refused, and only once, on ${protocol}`, async (t) => {
    const lists = await listUntil('+3s')
    const { connect, ask, refusals, tls } = await start(t, protocol, {
      clientCas: { payments: { anchors: payments, revocation: { lists } } },
    })
    const live = connect(worker)
    t.equal(await ask(live), 'tls payments')
    await wait(3000)
    t.strictSame(refusals, [], 'nobody has looked yet')
    t.equal(await ask(live), 'ERR_PEERGATE_REVOCATION_UNKNOWN')
    tls.setDenylist({})
    t.equal(refusals.length, 1)
    t.match(refusals, [
      {
        error: { code: 'ERR_PEERGATE_REVOCATION_UNKNOWN' },
        unverifiedCertificate: { serialNumber: worker.serialNumber },
      },
    ])
    t.equal(await ask(live), 'refused')
  })

  t.test(`reports whom it closes because the certificate has expired on ${protocol}`, async (t) => {
    const closing = { atExpiry: true }
    const { connect, ask, nextRefusal } = await startReloadingServer(t, pki, { protocol, closing })
    const leaf = await issueClient({ validity: { from: '-1h', to: '+3s' } })
    const live = connect(leaf)
    const expired = nextRefusal()
    t.equal(await ask(live), 'tls payments')
    const { error, unverifiedCertificate: certificate } = await expired
    t.ok(Date.now() > leaf.notAfter.getTime())
    t.equal(error.code, 'ERR_PEERGATE_CERTIFICATE_EXPIRED')
    t.match(error.detail, /while its connection was open; .* less than 1 s after the end at /u)
    t.equal(certificate?.serialNumber, leaf.serialNumber)
    t.equal(await ask(live), 'refused')
  })
}

t.test(
  'says that only the connection is to be renewed, where the issuer is not known',
  async (t) => {
    const { connect, ask, refusals, tls } = await start(t, 'http/1.1')
    const live = connect(colleague)
    t.equal(await ask(live), 'tls payments')
    tls.setDenylist({ fingerprints: [fingerprintOf(worker)] })
    t.match(refusals, [{ error: { detail: /no configured CA issued it/u } }])
    t.equal(await ask(connect(colleague)), 'tls payments')
  },
)

t.test('does not report a connection that its client has closed', async (t) => {
  const { server, connect, ask, refusals, tls } = await start(t, 'http/1.1')
  const asked = once(server, 'request').then(([request]) => request as IncomingMessage)
  const ended = once(server, 'secureConnection').then(async ([socket]) => once(socket, 'close'))
  const client = connect(worker)
  await ask(client)
  client.close()
  await ended
  tls.setDenylist({ fingerprints: [fingerprintOf(worker)] })
  t.match(socketSource({ tls }).read(await asked), { code: 'ERR_PEERGATE_CERTIFICATE_REVOKED' })
  t.strictSame(refusals, [])
})

t.test('lets onRefused change the trust again', async (t) => {
  const refusals: PeerRefusal[] = []
  const { connect, ask, tls } = await startReloadingServer(t, pki, {
    onRefused(refusal) {
      refusals.push(refusal)
      tls.setDenylist({ fingerprints: [worker, other].map(fingerprintOf) })
    },
  })
  const other = await issueClient()
  const [first, second] = [connect(worker), connect(other)]
  t.equal(await ask(first), 'tls payments')
  t.equal(await ask(second), 'tls payments')
  tls.setDenylist({ fingerprints: [fingerprintOf(worker)] })
  t.strictSame(
    refusals.map(({ unverifiedCertificate: leaf }) => leaf?.serialNumber),
    [worker.serialNumber, other.serialNumber],
  )
  t.equal(await ask(second), 'refused')
})

async function listUntil(nextUpdate: string): Promise<string> {
  const issuer = 'payments-client-ca'
  return (await pki.revocationList({ issuer, serialNumbers: [], nextUpdate })).pem
}
