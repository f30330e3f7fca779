import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { request as requestHttp1 } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import type { ConnectionOptions, PeerCertificate, TLSSocket } from 'node:tls'
import { parseOptions, strictOptions } from '@peergate/core/options'
import * as z from 'zod'
import type { ConnectionAnswer, ConnectionReport } from './connection-report.js'
import type { TestClientCredentials } from './test-pki.js'
import type { ConnectionWatch } from './watch-connections.js'

/** One request, over a connection of its own. */
export interface ConnectAsOptions {
  /** `GET` by default. */
  readonly method?: string
  /** `/` by default. */
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  /** `http/1.1` by default. */
  readonly protocol?: 'h2' | 'http/1.1'
  /** How long an answer may take, in seconds; 10 by default. */
  readonly timeout?: number
  /** The one version that the client speaks; whichever both have in common without it. */
  readonly tlsVersion?: 'TLSv1.2' | 'TLSv1.3'
}

type ParsedOptions = z.output<typeof optionsSchema>

/** What the client saw. */
type ClientSide = Omit<ConnectionReport, 'client' | 'label' | 'refusal' | 'serverHandshake'>

/**
 * Opens a new connection, without a session of an older one, makes one request, and tells what happened
 * on both sides. It rejects for options that are wrong, and never for what a server does.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 */
export async function connectAs(
  client: TestClientCredentials,
  options: ConnectAsOptions,
  { port, watch }: { readonly port: number; readonly watch: ConnectionWatch['watch'] },
): Promise<ConnectionReport> {
  const parsed = parseOptions('connectAs', optionsSchema, options)
  const { value, server } = await watch<ClientSide>(async () => {
    const opened = open(client, parsed, port)
    if (typeof opened === 'string') {
      return { localPort: null, value: { ...nothing, handshake: 'not-started', error: opened } }
    }
    return follow(opened, parsed)
  })
  const { name, label } = client
  const isAbandoned = server.serverHandshake === 'refused' && !isOfServer(value)
  const { refusal } = server
  const seen = isAbandoned ? { serverHandshake: 'abandoned' as const, refusal } : server
  return { client: name, label, ...value, ...seen }
}

/** Whether what the client was told came from the other side. */
function isOfServer({ error, alert }: ClientSide): boolean {
  return alert !== null || endings.has(String(error)) || /^ERR_(?:SSL|HTTP2)_/u.test(String(error))
}

const endings: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'EPROTO'])

const nothing: ClientSide = {
  serverCertificate: null,
  protocol: null,
  handshake: 'failed',
  alert: null,
  error: null,
  answer: null,
}

/** The socket, or the code of the error by which the client’s own library refuses what it was given. */
function open(
  { serverCa, certificate, key }: TestClientCredentials,
  { protocol, tlsVersion }: ParsedOptions,
  port: number,
): TLSSocket | string {
  const options: ConnectionOptions = {
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: serverCa,
    ALPNProtocols: [protocol],
    // A weak key has to get to the server, which is to refuse it.
    ciphers: 'DEFAULT@SECLEVEL=0',
    ...(tlsVersion !== undefined && { minVersion: tlsVersion, maxVersion: tlsVersion }),
    ...(certificate !== null && key !== null && { cert: certificate, key }),
  }
  try {
    return connectTls(options)
  } catch (error) {
    return codeOf(error)
  }
}

async function follow(socket: TLSSocket, options: ParsedOptions) {
  let serverCertificate: string | null = null
  let protocol: string | null = null
  let error: string | null = null
  let localPort: number | null = null
  const look = () => {
    serverCertificate ??= subjectOf(socket.getPeerCertificate())
  }
  socket.once('connect', () => (localPort = Number(socket.localPort)))
  // With TLS 1.2, the client may be refused before its handshake is over, and has seen the server then.
  socket.on('keylog', look)
  socket.once('secureConnect', () => {
    look()
    protocol = socket.getProtocol()
  })
  const closed = new Promise<null>((resolve) => {
    socket.once('close', () => resolve(null))
  })
  const deadline = setTimeout(() => {
    error = 'ETIMEDOUT'
    socket.destroy()
  }, options.timeout * 1000)
  socket.on('error', (cause) => (error ??= codeOf(cause)))
  const answer = await Promise.race([closed, ask(socket, options).catch(noteError)])
  clearTimeout(deadline)
  socket.destroy()
  await closed
  const handshake: ClientSide['handshake'] = protocol === null ? 'failed' : 'completed'
  const ended = answer === null ? (error ?? 'ECONNRESET') : null
  const value: ClientSide = {
    serverCertificate,
    protocol,
    handshake,
    alert: alertOf(ended),
    error: ended,
    answer,
  }
  return { localPort, value }

  function noteError(cause: unknown): null {
    error ??= codeOf(cause)
    return null
  }
}

async function ask(socket: TLSSocket, options: ParsedOptions): Promise<ConnectionAnswer> {
  await once(socket, 'secureConnect')
  return options.protocol === 'h2' ? askHttp2(socket, options) : askHttp1(socket, options)
}

async function askHttp1(
  socket: TLSSocket,
  { method, path, headers }: ParsedOptions,
): Promise<ConnectionAnswer> {
  const request = requestHttp1({
    createConnection: () => socket,
    method,
    path,
    headers: { host: 'localhost', connection: 'close', ...headers },
  })
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const { statusCode, headers: answered } = response
  return { status: Number(statusCode), headers: answered, body: await text(response) }
}

async function askHttp2(
  socket: TLSSocket,
  { method, path, headers }: ParsedOptions,
): Promise<ConnectionAnswer> {
  const session = connectHttp2('https://localhost', { createConnection: () => socket })
  // What ends the session ends the stream as well.
  session.on('error', () => undefined)
  const stream = session.request({ ':method': method, ':path': path, ...headers })
  stream.end()
  const [answered] = (await once(stream, 'response')) as [Record<string, unknown>]
  const { ':status': status, ...rest } = answered
  const body = await text(stream)
  session.destroy()
  return { status: Number(status), headers: rest, body }
}

/** As it is written in OpenSSL; null where no certificate was seen. */
function subjectOf({ subject }: Partial<PeerCertificate>): string | null {
  if (subject === undefined) return null
  return Object.entries(subject)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(',')
}

/** Whatever Node throws of a connection has a code. */
function codeOf(cause: unknown): string {
  return String((cause as NodeJS.ErrnoException).code)
}

/** `certificate_expired` for `ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED`, as OpenSSL calls it. */
function alertOf(code: string | null): string | null {
  return /_ALERT_(?<name>[A-Z_]+)$/u.exec(code ?? '')?.groups?.['name']?.toLowerCase() ?? null
}

const optionsSchema = strictOptions({
  method: z.string().default('GET'),
  path: z.string().startsWith('/', 'must begin with /').default('/'),
  headers: z.record(z.string(), z.string()).default({}),
  timeout: z.number().positive('must be positive').default(10),
  protocol: z.enum(['http/1.1', 'h2']).default('http/1.1'),
  tlsVersion: z.enum(['TLSv1.2', 'TLSv1.3']).exactOptional(),
})
