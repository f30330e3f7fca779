import type { AddressInfo } from 'node:net'
import {
  authenticated,
  createPeerGate,
  createTlsGate,
  definePolicy,
  publicRoute,
  socketSource,
  spiffe,
  withShadow,
} from '@peergate/core'
import type { HostOptions, PeerGate, RolloutMode, TlsGate, TlsGateRules } from '@peergate/core'
import peergate from '@peergate/fastify'
import { mintPki, openTestClient } from '@peergate/testkit'
import type { MintedLeaf, Pki, TestClient } from '@peergate/testkit'
import Fastify from 'fastify'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Test } from 'tap'

const purpose = 'A part of the tests of telemetry.'
export const readerId = 'spiffe://prod.example/ns/payments/sa/reader'

export const pki: Pki = await mintPki({
  authorities: {
    'server-ca': { purpose, subject: 'CN=Server CA' },
    'client-ca': { purpose, subject: 'CN=Client CA' },
    'batch-ca': { purpose, subject: 'CN=Batch CA', validity: { from: '-1h', to: '+10d' } },
    intermediate: { purpose, subject: 'CN=Intermediate', issuer: 'client-ca' },
    'other-ca': { purpose, subject: 'CN=Other CA' },
  },
  leaves: {
    server: {
      purpose,
      issuer: 'server-ca',
      subject: 'CN=localhost',
      usage: 'server',
      dns: ['localhost'],
    },
  },
})

const client = { issuer: 'client-ca', subject: 'CN=reader,O=Example', usage: 'client' } as const

/** Every client of these tests, by what happens to it. */
export const leaves: Readonly<Record<Exclude<ClientName, 'nobody'>, MintedLeaf>> = {
  reader: await pki.issue({ ...client, uri: [readerId] }),
  chained: await pki.issue({ ...client, issuer: 'intermediate', uri: [readerId] }),
  nameless: await pki.issue({ ...client, subject: 'CN=nameless' }),
  expired: await pki.issue({
    ...client,
    subject: 'CN=expired',
    uri: [readerId],
    validity: { from: '-2d', to: '-1d' },
  }),
  foreign: await pki.issue({
    ...client,
    issuer: 'other-ca',
    subject: 'CN=foreign',
    uri: [readerId],
  }),
}

/**
 * `reader` may read and not write, as `chained` may, whose issuer only it knows; `nameless` has a certificate of the client CA and no identity,
 * `expired` and `foreign` are not accepted, `nobody` has no certificate.
 */
export type ClientName = 'chained' | 'expired' | 'foreign' | 'nameless' | 'nobody' | 'reader'

export interface GatedService {
  readonly tls: TlsGate
  readonly gate: PeerGate<'invoice:read' | 'invoice:write'>
  readonly port: number
  readonly open: (name: ClientName) => TestClient
  /** The status of one request over a connection of its own; `cut off` without one. */
  readonly ask: (name: ClientName, path: string) => Promise<number | 'cut off'>
}

export interface ServiceOptions {
  readonly name: string
  readonly mode?: RolloutMode
  readonly rules?: TlsGateRules
  readonly host?: Partial<HostOptions>
  readonly logger?: FastifyBaseLogger
  /** Before the gate. */
  readonly hook?: (app: FastifyInstance) => void
  readonly prepare?: (app: FastifyInstance, service: Pick<GatedService, 'gate' | 'tls'>) => void
}

/** A Fastify service whose both gates are called `name`, until `t` ends. */
export async function startService(
  t: Pick<Test, 'teardown'>,
  options: ServiceOptions,
): Promise<GatedService> {
  const { name, mode = 'strict', rules = {}, host = {}, logger, hook, prepare } = options
  const tls = createTlsGate({ ...hostOptions, ...host, ...rules, name, mode })
  const gate = createPeerGate({
    name,
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy,
  })
  const app = Fastify({
    https: tls.serverOptions,
    ...(logger === undefined ? {} : { loggerInstance: logger }),
  }) as unknown as FastifyInstance
  tls.attach(app.server as never)
  t.teardown(async () => {
    tls.close()
    await app.close()
  })
  hook?.(app)
  await app.register(peergate, { gate })
  prepare?.(app, { gate, tls })
  addRoutes(app, gate)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const open = openClients(t, port)
  return { tls, gate, port, open, ask: async (who, path) => statusOf(open(who), path) }
}

const policy = definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
  grants: [
    { identity: readerId, allow: ['invoice:read'] },
    { identity: 'spiffe://prod.example/ns/batch/sa/writer', allow: ['invoice:write'] },
  ],
})

const { certificate: cert, key } = pki.leaf('server')
export const hostOptions: HostOptions = {
  server: { cert, key },
  clientCas: {
    payments: pki.authority('client-ca').certificate,
    batch: pki.authority('batch-ca').certificate,
  },
}

const answer = async () => 'reached'

function addRoutes(app: FastifyInstance, gate: GatedService['gate']): void {
  const closing = withShadow(publicRoute, authenticated)
  const narrowing = withShadow(gate.permission('invoice:read'), gate.permission('invoice:write'))
  app.get('/open', { config: { permission: publicRoute } }, answer)
  app.get('/closing', { config: { permission: closing } }, answer)
  app.get('/narrowing', { config: { permission: narrowing } }, answer)
  app.get('/invoices/:id', { config: { permission: gate.permission('invoice:read') } }, answer)
  app.get(
    '/invoices/:id/edit',
    { config: { permission: gate.permission('invoice:write') } },
    answer,
  )
}

function openClients(t: Pick<Test, 'teardown'>, port: number): GatedService['open'] {
  const serverCa = pki.authority('server-ca').certificate
  const leafOf: Partial<Record<ClientName, MintedLeaf>> = leaves
  return (who) => {
    const leaf = leafOf[who]
    const opened = openTestClient({ port, serverCa, leaf, protocol: 'http/1.1' })
    t.teardown(() => opened.close())
    return opened
  }
}

async function statusOf(opened: TestClient, path: string): Promise<number | 'cut off'> {
  const status = await opened.request('GET', path).then(
    (response) => response.status,
    () => 'cut off' as const,
  )
  opened.close()
  return status
}
