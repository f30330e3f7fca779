import { once } from 'node:events'
import { request as requestHttp } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
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
}: ParsedTarget): ProxyConversation {
  const record = recordRequests(backend)
  const wanted = new Set(headers.map(foldName))
  let attempts = 0
  return {
    async ask(request) {
      attempts += 1
      const mark = `${process.pid}-${attempts}`
      const answer = await send(request, mark, { port, host: address })
      const lines = record.arrived(mark)
      const arrived = (lines ?? []).filter(([name]) => wanted.has(foldName(name)))
      return { ...answer, reachedBackend: lines !== null, arrived }
    },
    stop: record.stop,
  }
}

/** A name by which all spellings that some software takes for one are one. */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z\d]/gu, '-')
}

async function send(
  { client, host, path, lines = [], version, session = null }: ProxyRequest,
  mark: string,
  where: { readonly port: number; readonly host: string },
): Promise<Omit<ProxyAnswer, 'arrived' | 'reachedBackend'>> {
  const { certificate, key, serverCa } = client
  let next: Buffer | null = null
  const socket = connect({
    ...where,
    servername: host,
    ca: serverCa,
    // A virtual host is asked by a name that the certificate need not have.
    checkServerIdentity: () => undefined,
    ...(certificate !== null && { cert: certificate, key: String(key) }),
    ...(version !== undefined && { minVersion: version, maxVersion: version }),
    ...(session !== null && { session }),
  })
  socket.on('session', (latest: Buffer) => (next = latest))
  const own = [...lines.flat(), 'Host', host, markHeader, mark]
  const headers = hasConnection(lines) ? own : [...own, 'Connection', 'close']
  const signal = AbortSignal.timeout(patience)
  const outgoing = requestHttp({ createConnection: () => socket, path, headers, signal })
  outgoing.end()
  const outcome = await outcomeOf(outgoing)
  socket.destroy()
  return { ...outcome, session: next }
}

/** In milliseconds; a proxy that hangs has not let anybody in. */
const patience = 10_000

function hasConnection(lines: HeaderLines): boolean {
  return lines.some(([name]) => name.toLowerCase() === 'connection')
}

async function outcomeOf(outgoing: ClientRequest): Promise<Pick<ProxyAnswer, 'error' | 'status'>> {
  try {
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    await text(response)
    return { status: Number(response.statusCode), error: null }
  } catch (error) {
    return { status: null, error: String((error as NodeJS.ErrnoException).code) }
  }
}
