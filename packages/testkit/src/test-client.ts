import { once } from 'node:events'
import type { EventEmitter } from 'node:events'
import { connect } from 'node:http2'
import { Agent, request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { MintedLeaf } from './mint-pki.js'

export interface TestClientOptions {
  readonly port: number
  /** PEM of the CA that signed the server. */
  readonly serverCa: string
  /** What the client proves itself with; without it, no certificate is sent. */
  readonly leaf?: Pick<MintedLeaf, 'certificate' | 'key'> | undefined
  readonly protocol: 'http/1.1' | 'h2'
}

export interface TestResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** A client of a server on 127.0.0.1 that makes all its requests over one connection of its own. */
export interface TestClient {
  readonly request: (
    method: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<TestResponse>
  readonly close: () => void
}

export function openTestClient(options: TestClientOptions): TestClient {
  return options.protocol === 'h2' ? openHttp2(options) : openHttp1(options)
}

function openHttp1({ port, serverCa, leaf }: TestClientOptions): TestClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, maxCachedSessions: 0 })
  const target = { host: '127.0.0.1', port, servername: 'localhost', ca: serverCa, agent }
  return {
    async request(method, path, headers = {}) {
      const outgoing = request({ ...target, ...credentialsOf(leaf), method, path, headers })
      outgoing.end()
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
      const body = await text(response)
      return { status: Number(response.statusCode), headers: response.headers, body }
    },
    close: () => agent.destroy(),
  }
}

function openHttp2({ port, serverCa, leaf }: TestClientOptions): TestClient {
  const session = connect(`https://localhost:${port}`, {
    ca: serverCa,
    ...credentialsOf(leaf),
    lookup: (_host, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
  })
  const broken = failOn(session, 'error')
  return {
    async request(method, path, headers = {}) {
      const stream = session.request({ ':method': method, ':path': path, ...headers })
      stream.end()
      const response = once(stream, 'response') as Promise<[Record<string, unknown>]>
      // A session that the server cuts off may close its streams without an error.
      const [responseHeaders] = await Promise.race([response, broken, failOn(stream, 'close')])
      const body = await text(stream)
      return { status: Number(responseHeaders[':status']), headers: responseHeaders, body }
    },
    close: () => session.destroy(),
  }
}

/** Rejects when `event` happens; nobody has to be waiting for it. */
function failOn(emitter: EventEmitter, event: string): Promise<never> {
  const failure = once(emitter, event).then(([cause]: unknown[]) => {
    throw new Error(`the connection ended with ${event}`, { cause })
  })
  failure.catch(() => undefined)
  return failure
}

function credentialsOf(leaf: TestClientOptions['leaf']) {
  return leaf === undefined ? {} : { cert: leaf.certificate, key: leaf.key }
}
