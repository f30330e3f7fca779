import { channel } from 'node:diagnostics_channel'
import { Writable } from 'node:stream'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gateChannels, publicRoute, when } from '@peergate/core'
import { logGateEvents, logRecordOf } from '@peergate/telemetry/log'
import type { LogRecord } from '@peergate/telemetry/log'
import pino from 'pino'
import t from 'tap'
import type { Test } from 'tap'
import { visitAll } from './support/client-visits.js'
import { recordEvents } from './support/event-log.js'
import { pki, readerId, startService } from './support/gated-service.js'

type Line = LogRecord & { readonly level: number; readonly msg: string }

const levels = { info: 30, warn: 40, error: 50 }

/** A real pino, and the lines that it wrote. */
function createLog() {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  const read = (): readonly Line[] => lines.map((line) => JSON.parse(line) as Line)
  return { logger: pino(stream), lines, read }
}

function logOf(t: Test, gate: string) {
  const log = createLog()
  const subscription = logGateEvents(log.logger, { gate })
  t.teardown(() => subscription.stop())
  return { ...log, subscription }
}

t.test(
  'writes the TLS result, the identity and the decision, each where it is known',
  async (t) => {
    const { read } = logOf(t, 'three')
    const { ask } = await startService(t, { name: 'three' })
    await ask('reader', '/invoices/1/edit')
    const [connection, identity, decision] = read()
    t.match(connection, {
      level: levels.info,
      msg: 'the certificate of a peer is accepted',
      event: 'connection-accepted',
      gate: 'three',
      mode: 'strict',
      layer: 'tls',
      tls: {
        result: 'accepted',
        assurance: 'tls',
        trustSet: 'payments',
        connection: { protocol: 'TLSv1.3', servername: 'localhost', isResumed: false },
        certificate: { subject: 'CN=reader,O=Example' },
      },
      identity: null,
      decision: null,
      remoteAddress: '127.0.0.1',
    })
    t.match(identity, {
      level: levels.info,
      event: 'identity-accepted',
      tls: { result: 'accepted', assurance: 'tls', trustSet: 'payments' },
      identity: { kind: 'spiffe', value: readerId },
      decision: null,
      requestId: /^[\da-f-]{36}$/u,
      traceId: null,
      route: 'GET /invoices/:id/edit',
    })
    t.match(decision, {
      level: levels.warn,
      msg: 'an identity is denied',
      event: 'permission-denied',
      tls: { result: 'accepted' },
      identity: { value: readerId },
      decision: {
        allowed: false,
        reason: 'not-granted',
        requirement: 'invoice:write',
        grant: null,
      },
      policy: 'live',
      code: 'ERR_PEERGATE_PERMISSION_DENIED',
      statusCode: 403,
      enforced: true,
      requestId: String(identity?.requestId),
    })
    t.type(decision?.detail, 'string')
    t.equal(read().length, 3)
  },
)

for (const mode of ['observe', 'enforce', 'strict'] as const) {
  t.test(
    `writes one line for each event in the mode ${mode}, which every record names`,
    async (t) => {
      const log = recordEvents(t, mode)
      const { lines, read } = logOf(t, mode)
      const service = await startService(t, { name: mode, mode })
      await visitAll(t, service, mode)
      t.equal(lines.length, log.events.length)
      t.ok(lines.every((line) => line.indexOf('\n') === line.length - 1))
      for (const record of read()) {
        t.equal(record.mode, mode)
        t.equal(record.gate, mode)
        t.equal('warning' in record, mode === 'observe', 'warns that nothing is enforced')
      }
    },
  )
}

t.test('writes what an unverified certificate claims under the key unverified alone', async (t) => {
  const { read } = logOf(t, 'claims')
  const service = await startService(t, { name: 'claims', mode: 'enforce' })
  await service.ask('expired', '/invoices/1')
  await service.ask('foreign', '/invoices/1')
  const records = read()
  t.equal(records.length, 4)
  for (const { unverified, ...rest } of records) {
    t.match(unverified?.certificate.subject, /^CN=(?:expired|foreign)$/u)
    t.notMatch(JSON.stringify(rest), /expired"|foreign"|spiffe:/u)
    t.match(rest, { level: levels.warn, tls: { result: 'refused' }, identity: null })
    t.type(rest.detail, 'string')
  }
})

t.test('says of an accepted certificate without an identity that it was accepted', async (t) => {
  const { read } = logOf(t, 'nameless')
  const { ask } = await startService(t, { name: 'nameless' })
  await ask('nameless', '/open')
  await ask('nameless', '/invoices/1')
  const [, absent, allowed, , rejected] = read()
  t.match(absent, {
    level: levels.info,
    event: 'identity-absent',
    tls: null,
    code: 'ERR_PEERGATE_IDENTITY_MISSING',
  })
  t.match(allowed, {
    event: 'permission-allowed',
    tls: null,
    identity: null,
    decision: { allowed: true, reason: 'public', requirement: 'publicRoute' },
  })
  t.match(rejected, { event: 'identity-rejected', tls: { result: 'accepted' }, layer: 'identity' })
  t.match(rejected?.tls?.fingerprint256, /^(?:[\dA-F]{2}:){31}[\dA-F]{2}$/u)
})

t.test('says nothing of the TLS of a request whose certificate nobody has seen', async (t) => {
  const log = recordEvents(t, 'unseen')
  const { ask } = await startService(t, { name: 'unseen' })
  await ask('nameless', '/invoices/1')
  const rejected = await log.first('identity-rejected')
  t.equal(logRecordOf({ ...rejected, layer: 'proxy', fingerprint256: null }).tls, null)
})

t.test('writes live connections that are closed, and reloads', async (t) => {
  const { read } = logOf(t, 'closed')
  const { tls, open } = await startService(t, { name: 'closed' })
  await open('reader').request('GET', '/open')
  const [accepted] = read()
  tls.setDenylist({ fingerprints: [String(accepted?.tls?.certificate?.fingerprint256)] })
  await tls.reload()
  const [closed, reloaded] = read().slice(-2)
  t.match(closed, {
    level: levels.warn,
    event: 'connection-closed',
    code: 'ERR_PEERGATE_CERTIFICATE_REVOKED',
    tls: { result: 'closed', certificate: { subject: 'CN=reader,O=Example' } },
  })
  t.match(reloaded, { level: levels.info, event: 'reload-done', subject: 'tls', epoch: tls.epoch })
})

t.test('writes faults, and files that could not be read, as errors', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'peergate-telemetry-'))
  t.teardown(async () => rm(folder, { recursive: true }))
  const path = join(folder, 'payments-ca.pem')
  await writeFile(path, pki.authority('client-ca').certificate)
  const { read } = logOf(t, 'faulty')
  const log = recordEvents(t, 'faulty')
  const { ask } = await startService(t, {
    name: 'faulty',
    host: { clientCas: { payments: path } },
    rules: { reload: { every: 0.05 } },
    prepare(app, { gate }) {
      const guard = gate.guard(gate.permission('invoice:read'))
      app.get('/uncaptured', { config: { permission: publicRoute } }, async () => {
        const foreign = { socket: { encrypted: true } }
        return guard(gate.admit(foreign), foreign)
      })
      const throws = when(() => {
        throw new Error('out of order')
      })
      app.get('/faulty', { config: { permission: throws } }, async () => null)
    },
  })
  t.equal(await ask('reader', '/faulty'), 403)
  t.equal(await ask('reader', '/uncaptured'), 200)
  await writeFile(path, 'nothing')
  await log.first('reload-failed')
  t.match(
    read().filter(({ level }) => level === levels.error),
    [
      {
        event: 'permission-denied',
        code: 'ERR_PEERGATE_CONDITION_FAULTY',
        decision: { reason: 'faulty' },
      },
      {
        event: 'identity-rejected',
        code: 'ERR_PEERGATE_CONNECTION_NOT_CAPTURED',
        statusCode: 500,
        detail: null,
      },
      { event: 'reload-failed', code: 'ERR_PEERGATE_PEM_INVALID', subject: 'tls' },
    ],
  )
})

t.test('writes what is only tried or observed as such', async (t) => {
  const log = recordEvents(t, 'tried')
  const { read } = logOf(t, 'tried')
  const { ask } = await startService(t, { name: 'tried', mode: 'observe' })
  t.equal(await ask('reader', '/invoices/1/edit'), 200)
  const denied = await log.first('permission-denied')
  channel(gateChannels['permission-denied']).publish({ ...denied, policy: 'shadow' })
  const [observed, tried] = read().slice(-2)
  const msg = 'an identity is denied, which is not enforced'
  t.match(observed, { level: levels.warn, enforced: false, msg, policy: 'live' })
  t.match(tried, { level: levels.info, enforced: false, msg, policy: 'shadow' })
})

t.test('writes into the logger of Fastify the events of the types it is given', async (t) => {
  const { logger, read } = createLog()
  const { ask } = await startService(t, {
    name: 'fastify',
    logger,
    prepare(app) {
      const types = ['permission-denied'] as const
      const subscription = logGateEvents(app.log, { types, gate: 'fastify' })
      t.teardown(() => subscription.stop())
    },
  })
  t.equal(await ask('reader', '/invoices/1/edit'), 403)
  t.match(
    read().filter(({ event }) => event !== undefined),
    [{ event: 'permission-denied', gate: 'fastify' }],
  )
})

t.test('refuses what is no logger', async (t) => {
  for (const logger of [undefined, null, {}, { info() {}, warn() {} }]) {
    t.throws(() => logGateEvents(logger as never), {
      code: 'ERR_PEERGATE_OPTION_INVALID',
      message: /option "logger"/u,
    })
  }
})
