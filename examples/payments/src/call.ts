import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { readCert } from './certs.js'
import type { Client } from './clients.js'

/** What a client came to know of its call. */
export type Outcome =
  | { readonly status: number; readonly code: string | null; readonly clientSaw: string }
  | { readonly status: null; readonly clientSaw: string }

/** Calls the API as `client`, over a connection of its own. */
export async function call(client: Client, port: number): Promise<Outcome> {
  try {
    const { statusCode = 0, body } = await send(client, port)
    const { code = null } = JSON.parse(body) as { code?: string }
    return { status: statusCode, code, clientSaw: `HTTP ${statusCode}` }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { status: null, clientSaw: code ?? message }
  }
}

async function send({ certificate, key, method, path, headers }: Client, port: number) {
  const outgoing = request({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    method,
    path,
    headers: { ...headers },
    // One connection each: a pooled one would carry the certificate of the client before.
    agent: false,
    ca: readCert('server-ca.pem'),
    ...(certificate !== null && {
      cert: readCert(`${certificate}.pem`),
      key: readCert(`${key ?? certificate}-key.pem`),
    }),
  })
  outgoing.end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { statusCode: response.statusCode, body: await text(response) }
}
