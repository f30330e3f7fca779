import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import type { Server } from 'node:tls'
import { createPeerGate, definePolicy, socketSource, spiffe } from '@peergate/core'
import { readerId } from '@peergate/testkit'
import t from 'tap'
import { faultOf } from '../../support/fault-of.js'
import { answerTo, createServerOf, listen, sessionOf } from '../../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../../support/tls-setting.js'
import { watchSockets } from '../../support/watch-sockets.js'

const { pki, createGate, issueClient } = await createTlsSetting()
const client = await issueClient()
const resumption = { maxAge: 300 }
const day = 24 * 60 * 60 * 1000

/** Keeps the sessions of TLS 1.2 outside of the server, as Node lets everybody do. */
function addSessionStore(server: Server): void {
  const sessions = new Map<string, Buffer>()
  server.on('newSession', (id: Buffer, data: Buffer, done: () => void) => {
    sessions.set(id.toString('hex'), data)
    done()
  })
  server.on('resumeSession', (id: Buffer, done: (error: null, data?: Buffer) => void) => {
    done(null, sessions.get(id.toString('hex')))
  })
}

t.test('F5 nothing is left to a resumed session', async (t) => {
  t.test('a session store is refused', (t) => {
    const { tls } = createGate()
    for (const event of ['newSession', 'resumeSession']) {
      const server = createServerOf('http/1.1', tls.serverOptions, () => '')
      server.on(event, () => undefined)
      t.equal(
        faultOf(() => tls.attach(server))?.detail,
        `attach: the server must not have an external session store; remove ${event}`,
      )
    }
    t.end()
  })

  t.test('where one comes later, its sessions are refused, or of no use', async (t) => {
    const { tls, refusalCode } = createGate({ minVersion: 'TLSv1.2' })
    const server = createGatedServer(tls)
    addSessionStore(server)
    const port = await listen(t, server)
    const asking = { port, ...client, maxVersion: 'TLSv1.2' } as const
    const session = await sessionOf(asking)
    t.equal(await answerTo({ ...asking, session }), 'no answer')
    t.equal(await refusalCode(), 'ERR_PEERGATE_SESSION_RESUMED')
    tls.setDenylist({ fingerprints: ['00'.repeat(32)] })
    t.equal(await answerTo({ ...asking, session }), 'tls payments', 'by a full handshake')
  })

  t.test('the validity is compared with the clock on every request', async (t) => {
    const { tls } = createGate({ resumption })
    let now = Date.now()
    const gate = createPeerGate({
      source: socketSource({ tls }),
      identity: spiffe({ trustDomain: 'prod.example' }),
      policy: definePolicy({
        identity: 'spiffe',
        permissions: ['invoice:read'],
        grants: [{ identity: readerId, allow: ['invoice:read'] }],
      }),
      clock: () => now,
    })
    const server = createServerOf(
      'http/1.1',
      tls.serverOptions,
      (request) => gate.admit(request).refusal?.code ?? 'admitted',
    )
    tls.attach(server)
    const port = await listen(t, server)
    const session = await sessionOf({ port, ...client })
    const sockets = watchSockets(server)
    for (const [days, answer] of [
      [0, 'admitted'],
      [60, 'ERR_PEERGATE_CERTIFICATE_EXPIRED'],
      [-60, 'ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID'],
      [Number.NaN, 'ERR_PEERGATE_GATE_FAULTY'],
      [0, 'admitted'],
    ] as const) {
      now = Date.now() + days * day
      t.equal(await answerTo({ port, ...client, session }), answer, `after ${days} days`)
    }
    t.equal(sockets.filter(({ reused }) => reused).length, 5, 'in a resumed session')
  })

  t.test('whoever is denied or revoked does not come back by it, nor reaches HTTP', async (t) => {
    const folder = mkdtempSync(`${tmpdir()}/peergate-`)
    t.teardown(() => rmSync(folder, { recursive: true }))
    const lists = `${folder}/crl.pem`
    const revoke = async (serialNumbers: readonly string[]) => {
      const list = await pki.revocationList({ issuer: 'payments-client-ca', serialNumbers })
      writeFileSync(lists, list.pem)
    }
    const revokedLeaf = await pki.issue({
      issuer: 'payments-client-ca',
      subject: 'CN=revoked',
      usage: 'client',
    })
    const { certificate: cert, key, serialNumber } = revokedLeaf
    await revoke([])
    const anchors = pki.authority('payments-client-ca').certificate
    const clientCas = { payments: { anchors, revocation: { lists } } }
    const { tls, refusalCode } = createGate({ clientCas, resumption })
    const server = createGatedServer(tls)
    const asking = { port: await listen(t, server), ca: client.ca, cert, key }
    const other = { ...asking, ...client }
    const [session, ofOther] = [await sessionOf(asking), await sessionOf(other)]
    const sockets = watchSockets(server)
    await revoke([serialNumber])
    await tls.reload()
    t.equal(await answerTo({ ...asking, session }), 'no answer', 'revoked')
    t.equal(await refusalCode(), 'ERR_PEERGATE_CERTIFICATE_REVOKED')
    t.equal(await answerTo({ ...other, session: ofOther }), 'tls payments')
    await revoke([])
    await tls.reload()
    const issuer = 'CN=Payments Client CA,O=Example'
    tls.setDenylist({ serialNumbers: [{ issuer, serialNumber }] })
    t.equal(await answerTo({ ...asking, session }), 'no answer', 'denied')
    t.strictSame(
      sockets.map(({ reused }) => reused),
      [false, false, false],
    )
  })
})

t.test('F5 a session ends with its time', async (t) => {
  const { tls } = createGate({ resumption: { maxAge: 2 } })
  const server = createGatedServer(tls)
  const port = await listen(t, server)
  const session = await sessionOf({ port, ...client })
  const sockets = watchSockets(server)
  await answerTo({ port, ...client, session })
  await wait(3100)
  await answerTo({ port, ...client, session })
  t.strictSame(
    sockets.map(({ reused }) => reused),
    [true, false],
  )
  t.equal(
    faultOf(() => createGate({ resumption: { maxAge: 301 } }))?.detail,
    'createTlsGate: option "resumption.maxAge" must be a whole number of seconds, 1 to 300',
  )
})

t.test('F6 a session for another server name is not resumed', async (t) => {
  const { tls } = createGate()
  const server = createGatedServer(tls)
  const sockets = watchSockets(server)
  const port = await listen(t, server)
  const session = await sessionOf({ port, ...client })
  const elsewhere = {
    port,
    ...client,
    session,
    servername: 'other.example',
    checkServerIdentity: () => undefined,
  }
  t.equal(await answerTo(elsewhere), 'tls payments')
  t.equal(await answerTo({ ...elsewhere, cert: undefined, key: undefined }), 'no answer')
  t.strictSame(sockets, [
    { authorized: true, reused: false },
    { authorized: true, reused: false },
  ])
})
