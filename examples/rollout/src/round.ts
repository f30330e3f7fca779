import { openTestClient } from '@peergate/testkit'
import type { Client } from './clients.js'
import { serverCa } from './pki.js'

/** What a client met: the status of an answer with its code, or the end of its connection. */
export interface Outcome {
  readonly client: string
  readonly fault: string
  readonly status: number | null
  readonly code: string | null
}

/** Every client sends one request, over a connection of its own. */
export async function sendRound(
  port: number,
  clients: readonly Client[],
): Promise<readonly Outcome[]> {
  return Promise.all(clients.map(async (client) => send(port, client)))
}

async function send(port: number, { name: client, fault, leaf }: Client): Promise<Outcome> {
  const connection = openTestClient({
    port,
    serverCa,
    leaf: leaf ?? undefined,
    protocol: 'http/1.1',
  })
  try {
    const { status, body } = await connection.request('GET', '/invoices')
    const { code = null } = JSON.parse(body) as { readonly code?: string }
    return { client, fault, status, code }
  } catch {
    // With TLS 1.3, a client hears of its refusal when it reads, in words that differ by version.
    return { client, fault, status: null, code: null }
  } finally {
    connection.close()
  }
}
