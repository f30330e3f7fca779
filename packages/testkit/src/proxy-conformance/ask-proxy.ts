import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { request as requestHttp } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'
import type { TestClientCredentials } from '../connection/test-pki.js'
import type { ParsedTarget } from './proxy-conformance-target.js'
import { markHeader, recordRequests } from './record-requests.js'
import type { HeaderLines } from './record-requests.js'

/** One request to a proxy, over a connection of its own. */
export interface ProxyRequest {
  readonly client: TestClientCredentials
  readonly host: string
  readonly path: string
  /** Sent as they are, before all others. */
  readonly lines?: HeaderLines
  readonly version?: TlsVersion
  /** Of an earlier connection, to be resumed. */
  readonly session?: Buffer | null
}

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3'

/** What came of it. */
export interface ProxyAnswer {
  /** The HTTP status, of the proxy or the backend; null where none came. */
  readonly status: number | null
  /** The code of the error that ended the connection; null after an answer. */
  readonly error: string | null
  readonly reachedBackend: boolean
  /** The headers of interest that reached the backend. */
  readonly arrived: HeaderLines
  readonly session: Buffer | null
}

export interface ProxyConversation {
  readonly ask: (request: ProxyRequest) => Promise<ProxyAnswer>
  readonly stop: () => void
}

export function openConversation({
  port,
  address,
  backend,
  headers,
  timeout,
}: ParsedTarget): ProxyConversation {
  const record = recordRequests(backend)
  const wanted = new Set(headers.map(foldName))
  return {
    async ask(request) {
      const mark = randomUUID()
      const answer = await send(request, mark, { port, host: address, timeout })
      const lines = record.arrived(mark)
      const arrived = (lines ?? []).filter(([name]) => wanted.has(foldName(name)))
      return { ...answer, reachedBackend: lines !== null, arrived }
    },
    stop: record.stop,
  }
}

/** A name by which all spellings that some software takes for one are one. */
function foldName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z\d]/gu, '-')
}

async function send(
  request: ProxyRequest,
  mark: string,
  { timeout, ...where }: { readonly port: number; readonly host: string; readonly timeout: number },
): Promise<Omit<ProxyAnswer, 'arrived' | 'reachedBackend'>> {
  const { client, host, path, lines = [], version, session = null } = request
  const { certificate, key, serverCa } = client
  let next: Buffer | null = null
  const options: ConnectionOptions = {
    ...where,
    servername: host,
    ca: serverCa,
    // A virtual host is asked by a name that the certificate need not have.
    checkServerIdentity: () => undefined,
    // A weak key has to get to the proxy, which is to refuse it.
    ciphers: 'DEFAULT@SECLEVEL=0',
    ...(certificate !== null && { cert: certificate, key: String(key) }),
    ...(version !== undefined && { minVersion: version, maxVersion: version }),
    ...(session !== null && { session }),
  }
  const own = [...lines.flat(), 'Host', host, markHeader, mark]
  const headers = hasConnection(lines) ? own : [...own, 'Connection', 'close']
  try {
    const socket = connect(options)
    socket.on('session', (latest: Buffer) => (next = latest))
    const signal = AbortSignal.timeout(Math.ceil(timeout * 1000))
    const outgoing = requestHttp({ createConnection: () => socket, path, headers, signal })
    // What comes of it is told below; an error behind the answer is of no account.
    outgoing.on('error', () => undefined)
    outgoing.end()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    // Without its body, an answer is one all the same.
    await text(response).catch(() => '')
    socket.destroy()
    return { status: Number(response.statusCode), error: null, session: next }
  } catch (error) {
    return { status: null, error: String((error as NodeJS.ErrnoException).code), session: next }
  }
}

function hasConnection(lines: HeaderLines): boolean {
  return lines.some(([name]) => name.toLowerCase() === 'connection')
}
