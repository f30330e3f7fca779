import { setTimeout as wait } from 'node:timers/promises'
import type { PeerRefusal } from '@peergate/core'
import { call } from './call.js'
import { clients } from './clients.js'
import type { Client } from './clients.js'
import type { PaymentsServer, StartServer } from './payments-server.js'

/** What came of one client on one framework. */
interface Row {
  readonly framework: 'fastify' | 'express'
  readonly client: string
  /** The layer that decided: `tls` before any HTTP, `http` with a status. */
  readonly layer: 'tls' | 'http'
  readonly status: number | null
  /** Peergate's code for a refusal; null where nothing was refused, or nothing reached the server. */
  readonly code: string | null
  readonly clientSaw: string
}

export interface CheckedRow extends Row {
  readonly request: string
  /** What OpenSSL said of the certificate in the server's handshake. */
  readonly serverReason: string | null
  readonly asDeclared: boolean
}

/** Walks every client through a server of its own start, one after the other. */
export async function walk(start: StartServer): Promise<readonly CheckedRow[]> {
  const refusals: PeerRefusal[] = []
  const server = await start({ port: 0, onRefused: (refusal) => refusals.push(refusal) })
  const rows: CheckedRow[] = []
  for (const client of clients) rows.push(await walkClient(client, server, refusals))
  await server.close()
  return rows
}

async function walkClient(
  client: Client,
  server: PaymentsServer,
  refusals: PeerRefusal[],
): Promise<CheckedRow> {
  refusals.length = 0
  const connections = server.countConnections()
  const outcome = await call(client, server.port)
  const connected = server.countConnections() > connections
  const refusal = outcome.status === null && connected ? await firstOf(refusals) : null
  const row = {
    framework: server.framework,
    client: client.name,
    layer: outcome.status === null ? 'tls' : 'http',
    status: outcome.status,
    code: outcome.status === null ? (refusal?.error.code ?? null) : outcome.code,
    clientSaw: outcome.clientSaw,
  } as const
  return {
    ...row,
    request: `${client.method} ${client.path}`,
    serverReason: connected ? (refusal?.reason ?? null) : 'no connection',
    asDeclared: isAsDeclared(row, client, connected),
  }
}

function isAsDeclared(row: Row, { expected, key }: Client, connected: boolean): boolean {
  return (
    row.layer === expected.layer &&
    row.status === expected.status &&
    row.code === expected.code &&
    // A key that does not match fails in the client itself.
    connected === (key === undefined)
  )
}

/** The client may notice a refusal before the server has reported it. */
async function firstOf(refusals: readonly PeerRefusal[]): Promise<PeerRefusal | null> {
  for (let patience = 200; patience > 0 && refusals.length === 0; patience -= 1) await wait(10)
  return refusals[0] ?? null
}
