import { X509Certificate } from 'node:crypto'
import { connect } from 'node:net'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import {
  setSpanAttributes,
  spanAttributesOf,
  traceGateEvents,
} from '@peergate/telemetry/opentelemetry'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { visitAll } from './support/client-visits.js'
import { recordEvents } from './support/event-log.js'
import { meshId, startMeshService } from './support/mesh-service.js'
import { leaves, readerId, startService } from './support/gated-service.js'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
const tracer = provider.getTracer('test')

/** As the instrumentation of HTTP does: one span for each request, which is active in all of it. */
function traceRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    tracer.startActiveSpan('request', (span) => {
      reply.raw.once('finish', () => span.end())
      done()
    })
  })
}

const reader = new X509Certificate(leaves.reader.certificate)

t.test('sets what the gate says of a request on its span', async (t) => {
  const { ask } = await startService(t, { name: 'traced', hook: traceRequests })
  const subscription = traceGateEvents({ gate: 'traced' })
  t.teardown(() => subscription.stop())
  exporter.reset()
  t.equal(await ask('reader', '/invoices/1/edit'), 403)
  const [span] = exporter.getFinishedSpans()
  const { 'peergate.request.id': id, ...attributes } = span?.attributes ?? {}
  t.match(id, /^[\da-f-]{36}$/u)
  t.strictSame(attributes, {
    'peergate.gate': 'traced',
    'peergate.mode': 'strict',
    'network.peer.address': '127.0.0.1',
    'peergate.route': 'GET /invoices/:id/edit',
    'peergate.identity.kind': 'spiffe',
    'peergate.identity.value': readerId,
    'peergate.identity.assurance': 'tls',
    'peergate.identity.source': 'socket',
    'peergate.trust_set': 'payments',
    'tls.client.issuer': 'CN=Client CA',
    'tls.client.hash.sha256': reader.fingerprint256.replaceAll(':', ''),
    'tls.client.not_before': new Date(reader.validFrom).toISOString(),
    'tls.client.not_after': new Date(reader.validTo).toISOString(),
    'peergate.layer': 'authorization',
    'peergate.code': 'ERR_PEERGATE_PERMISSION_DENIED',
    'peergate.enforced': true,
    'peergate.requirement': 'invoice:write',
    'peergate.permission.allowed': false,
    'peergate.permission.reason': 'not-granted',
  })
})

t.test('leaves on a span what is in force, whatever is only tried', async (t) => {
  const { ask } = await startService(t, { name: 'tried', hook: traceRequests })
  const subscription = traceGateEvents({ gate: 'tried' })
  t.teardown(() => subscription.stop())
  exporter.reset()
  t.equal(await ask('reader', '/narrowing'), 200)
  t.equal(await ask('nameless', '/closing'), 200)
  const [narrowing, closing] = exporter.getFinishedSpans().map(({ attributes }) => attributes)
  t.match(narrowing, {
    'peergate.requirement': 'invoice:read',
    'peergate.permission.allowed': true,
    'peergate.permission.reason': 'granted',
    'peergate.permission.grant': readerId,
    'peergate.shadow.code': 'ERR_PEERGATE_PERMISSION_DENIED',
    'peergate.shadow.requirement': 'invoice:write',
    'peergate.shadow.reason': 'not-granted',
  })
  t.match(closing, {
    'peergate.requirement': 'publicRoute',
    'peergate.permission.allowed': true,
    // Why the sender has no identity, which the event identity-absent says.
    'peergate.code': 'ERR_PEERGATE_IDENTITY_MISSING',
    'peergate.shadow.code': 'ERR_PEERGATE_IDENTITY_MISSING',
  })
  for (const attributes of [narrowing, closing]) {
    t.notOk('peergate.enforced' in (attributes ?? {}), 'nothing was refused')
  }
})

t.test('does nothing where no span is active', async (t) => {
  const log = recordEvents(t, 'untraced')
  const { ask } = await startService(t, { name: 'untraced' })
  await ask('reader', '/invoices/1')
  exporter.reset()
  for (const event of log.events) setSpanAttributes(event)
  t.strictSame(exporter.getFinishedSpans(), [])
  t.equal(trace.getActiveSpan(), undefined)
})

t.test('names the facts of a connection by the semantic conventions', async (t) => {
  const log = recordEvents(t, 'connection')
  const { ask } = await startService(t, { name: 'connection' })
  await ask('reader', '/open')
  const accepted = await log.first('connection-accepted')
  t.match(spanAttributesOf(accepted), {
    'network.peer.address': '127.0.0.1',
    'server.address': 'localhost',
    'tls.established': true,
    'tls.protocol.name': 'tls',
    'tls.protocol.version': '1.3',
    'tls.cipher': /^TLS_[\dA-Z_]+$/u,
    'tls.resumed': false,
    'tls.client.subject': 'CN=reader,O=Example',
    'tls.client.issuer': 'CN=Client CA',
    'peergate.trust_set': 'payments',
    'peergate.layer': 'tls',
  })
})

t.test('says what an unverified certificate claims below peergate.unverified alone', async (t) => {
  const log = recordEvents(t, 'claims')
  const service = await startService(t, { name: 'claims', mode: 'observe' })
  await visitAll(t, service, 'observe')
  const unverified = log.events.filter(
    (event) => 'unverified' in event && event.unverified !== null,
  )
  // Two certificates that are not accepted: a connection and a request each.
  t.equal(unverified.length, 4)
  for (const attributes of unverified.map(spanAttributesOf)) {
    t.match(attributes['peergate.unverified.subject'], /^CN=(?:expired|foreign)$/u)
    t.match(attributes['peergate.unverified.hash.sha256'], /^[\dA-F]{64}$/u)
    t.type(attributes['peergate.unverified.is_of_configured_ca'], 'boolean')
    t.strictSame(
      Object.keys(attributes).filter((name) => name.startsWith('tls.client.')),
      [],
    )
  }
})

t.test('says of who failed in the handshake that nothing was established', async (t) => {
  const log = recordEvents(t, 'failed')
  const { ask } = await startService(t, { name: 'failed' })
  await ask('nobody', '/open')
  const attributes = spanAttributesOf(await log.first('handshake-refused'))
  t.match(attributes, {
    'tls.established': false,
    'peergate.code': 'ERR_PEERGATE_CERTIFICATE_MISSING',
    'peergate.enforced': true,
  })
})

t.test('names no protocol of a client that does not speak TLS', async (t) => {
  const log = recordEvents(t, 'plain')
  const { port } = await startService(t, { name: 'plain' })
  const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n\r\n'))
  socket.on('error', () => undefined)
  t.teardown(() => socket.destroy())
  const attributes = spanAttributesOf(await log.first('handshake-refused'))
  t.match(attributes, {
    'tls.established': false,
    'peergate.code': 'ERR_PEERGATE_CONNECTION_NOT_TLS',
  })
  t.notOk('tls.protocol.version' in attributes)
  t.notOk('tls.cipher' in attributes)
})

t.test('says of a client behind a proxy nothing that would be the proxy’s own', async (t) => {
  const log = recordEvents(t, 'behind')
  const ask = await startMeshService(t, 'behind')
  t.equal(await ask(), 'true')
  const attributes = spanAttributesOf(await log.first('permission-allowed'))
  t.match(attributes, {
    'peergate.identity.value': meshId,
    'peergate.identity.assurance': 'proxy-verified',
    'peergate.permission.allowed': true,
    'peergate.permission.grant': meshId,
  })
  t.notOk('tls.client.issuer' in attributes)
})

t.test('leaves out what an identity does not know, and a date that no date can say', async (t) => {
  const log = recordEvents(t, 'unknown')
  const { ask } = await startService(t, { name: 'unknown' })
  await ask('nameless', '/open')
  await ask('reader', '/open')
  const open = spanAttributesOf(await log.first('permission-allowed'))
  t.notOk('peergate.identity.value' in open)
  const event = await log.first('identity-accepted')
  const unknown = { notBefore: null, notAfter: 9e15, fingerprint256: null }
  const attributes = spanAttributesOf({ ...event, identity: { ...event.identity, ...unknown } })
  for (const name of ['not_before', 'not_after', 'hash.sha256']) {
    t.notOk(`tls.client.${name}` in attributes, name)
  }
})

t.test('says what came of a reload', async (t) => {
  const log = recordEvents(t, 'reloaded')
  const { tls } = await startService(t, { name: 'reloaded' })
  await tls.reload()
  t.strictSame(spanAttributesOf(await log.first('reload-done')), {
    'peergate.gate': 'reloaded',
    'peergate.mode': 'strict',
    'peergate.layer': 'configuration',
    'peergate.trust_epoch': tls.epoch,
    'peergate.subject': 'tls',
  })
})
