import { once } from 'node:events'
import { createServer } from 'node:https'
import type { RequestListener, ServerOptions } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { createPeerGate, definePolicy, socketSource, spiffe } from '@peergate/core'
import type { PeerGate, PeerGateError, PeerGateOptions, Policy } from '@peergate/core'
import { auditRoutes } from '@peergate/express'
import { createConformanceGates, openTestClient } from '@peergate/testkit'
import type { ConformancePermission, TestClient } from '@peergate/testkit'
import express from 'express'
import type { Express, RequestHandler } from 'express'
import type { Test } from 'tap'

// Its own types are the same for both versions.
const express4 = createRequire(import.meta.url)('express4') as typeof express

export const versions = [
  ['5', express],
  ['4', express4],
] as const

const gates = await createConformanceGates()
export const { tls } = gates
export const gate: PeerGate<ConformancePermission> = gates.gate
export const read = gate.permission('invoice:read')
export const write = gate.permission('invoice:write')

const leaves = {
  /** May read and not write. */
  reader: await gates.issueClient(),
  /** Passes the TLS gate and has no identity. */
  stranger: await gates.issueClient({ uri: [] }),
}

/** A gate of its own, by which any identity may write, and read what is of the tenant `acme`. */
export function createTenantGate(
  own: Partial<PeerGateOptions<'spiffe', ConformancePermission>> = {},
): PeerGate<ConformancePermission> {
  return createPeerGate({
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: tenantPolicy,
    ...own,
  })
}

const tenantPolicy: Policy<'spiffe', ConformancePermission> = definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
  grants: [
    { anyIdentity: true, allow: ['invoice:write'] },
    { anyIdentity: true, allow: ['invoice:read'], where: { params: { tenant: 'acme' } } },
  ],
})

export const reach: RequestHandler = (_req, res) => {
  res.send('reached')
}

/** `second` is the reader, over another connection. */
export type Clients = Readonly<Record<keyof typeof leaves | 'second', TestClient>>

/** Serves `app` over mutual TLS until `t` ends, and gives its clients. */
export async function listen(
  t: Test,
  app: RequestListener,
  extra: ServerOptions = {},
): Promise<Clients> {
  const server = createServer({ ...tls.serverOptions, ...extra }, app)
  tls.attach(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(async () => {
    server.closeAllConnections()
    await once(server.close(), 'close')
  })
  const { port } = server.address() as AddressInfo
  const serverCa = gates.pki.authority('server-ca').certificate
  const open = (leaf: (typeof leaves)['reader']) => {
    const client = openTestClient({ port, serverCa, leaf, protocol: 'http/1.1' })
    t.teardown(() => client.close())
    return client
  }
  const [reader, second] = [open(leaves.reader), open(leaves.reader)]
  return { reader, second, stranger: open(leaves.stranger) }
}

/** What came of a request: the status, and the code of a refusal without its prefix. */
export async function ask(client: TestClient, method: string, path: string): Promise<string> {
  const { status, headers, body } = await client.request(method, path)
  if (headers['content-type'] !== 'application/problem+json' || body === '') return String(status)
  return `${status} ${JSON.parse(body).code.replace('ERR_PEERGATE_', '')}`
}

export const closed = '500 ROUTE_UNDECLARED'

/** What the audit finds in `app`; nothing where it passes. */
export function findingsOf(app: Express): string {
  try {
    auditRoutes(app)
    return ''
  } catch (error) {
    return (error as PeerGateError).detail
  }
}
