import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Server } from 'node:tls'
import { createConformanceGates, openTestClient } from '@peergate/testkit'
import type { TestClient } from '@peergate/testkit'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import type { Test } from 'tap'

const gates = await createConformanceGates()
export const { gate, tls } = gates
export const read = gate.permission('invoice:read')
export const write = gate.permission('invoice:write')

const leaves = {
  /** May read and not write. */
  reader: await gates.issueClient({ dns: ['reader.example'] }),
  /** Passes the TLS gate and has no identity. */
  stranger: await gates.issueClient({ uri: [] }),
}

/** An application that `listen` makes reachable over TLS. The types of Fastify tell its servers apart. */
export function createApp(options: FastifyServerOptions = {}): FastifyInstance {
  return Fastify({ ...(options as object), https: tls.serverOptions })
}

/** The same for HTTP/2 and HTTP/1.1 on one port. */
export function createHttp2App(options: FastifyServerOptions = {}): FastifyInstance {
  const https = { ...tls.serverOptions, allowHTTP1: true }
  return Fastify({ ...(options as object), http2: true, https }) as unknown as FastifyInstance
}

/** `second` is the reader, over another connection. */
export type Clients = Readonly<Record<keyof typeof leaves | 'second', TestClient>>

/** Starts `app` until `t` ends, and gives its clients. */
export async function listen(
  t: Test,
  app: FastifyInstance,
  protocol: 'http/1.1' | 'h2' = 'http/1.1',
): Promise<Clients> {
  tls.attach(app.server as unknown as Server)
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const serverCa = gates.pki.authority('server-ca').certificate
  const open = (leaf: (typeof leaves)['reader']) => {
    const client = openTestClient({ port, serverCa, leaf, protocol })
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

/** The code of the error that `act` throws, or rejects with. */
export async function codeThrownBy(act: () => unknown): Promise<string> {
  const [outcome] = await Promise.allSettled([(async () => act())()])
  return (outcome as PromiseRejectedResult).reason.code
}

/** The next warning of the process about the gate. */
export async function nextWarning(): Promise<{ readonly code: string; readonly message: string }> {
  const [warning] = await once(process, 'warning')
  return warning
}
