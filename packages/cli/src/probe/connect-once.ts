import { once } from 'node:events'
import { request as requestHttp } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import type { ProbeTarget } from './probe-options.js'
import type { ServerCertificate, TlsVersion } from './probe-report.js'

/** One connection, and one request over it. */
export interface ConnectOptions {
  readonly version: TlsVersion
  readonly credentials: { readonly certificate: string; readonly key: string } | null
  readonly session?: Buffer | null
  readonly headers?: Readonly<Record<string, string>>
}

/** What was seen of it. */
export type Connected = Ended & {
  readonly server: ServerCertificate | null
  readonly isResumed: boolean
  readonly session: Buffer | null
}

/**
 * How it ended: by an answer, with the first 64 KiB of its body, or by an error before a byte of one came,
 * whatever the handshake seemed to say.
 */
type Ended =
  | { readonly status: number; readonly body: string; readonly error: null }
  | {
      readonly status: null
      readonly body: ''
      readonly error: { readonly code: string; readonly message: string }
    }

/** Opens a connection of its own, and never throws for what a server does. */
export async function connectOnce(
  target: ProbeTarget,
  { version, credentials, session = null, headers = {} }: ConnectOptions,
): Promise<Connected> {
  const signal = AbortSignal.timeout(target.timeout)
  const socket = connect({
    ...addressOf(target),
    minVersion: version,
    maxVersion: version,
    ...(credentials !== null && { cert: credentials.certificate, key: credentials.key }),
    ...(session !== null && { session }),
  })
  const seen: { server: ServerCertificate | null; session: Buffer | null; isResumed: boolean } = {
    server: null,
    session: null,
    isResumed: false,
  }
  socket.once('secureConnect', () => {
    seen.server = certificateOf(socket)
    seen.isResumed = socket.isSessionReused()
  })
  socket.on('session', (latest: Buffer) => (seen.session = latest))
  const ended = await askOver(socket, target, headers, signal)
  socket.destroy()
  return { ...ended, ...seen }
}

/** Where to connect, and whom to trust there. */
export function addressOf({ host, port, servername, ca }: ProbeTarget): ConnectionOptions {
  return {
    host,
    port,
    ALPNProtocols: ['http/1.1'],
    ...(servername !== null && { servername }),
    ...(ca !== null && { ca }),
  }
}

async function askOver(
  socket: TLSSocket,
  { method, path, authority }: ProbeTarget,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Ended> {
  const outgoing = requestHttp({
    createConnection: () => socket,
    method,
    path,
    headers: { host: authority, connection: 'close', ...headers },
    signal,
  })
  outgoing.end()
  try {
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    const body = await readSome(response)
    return { status: Number(response.statusCode), body, error: null }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { status: null, body: '', error: { code: String(code), message } }
  }
}

/** As much of a body as tells two answers apart. */
async function readSome(response: IncomingMessage): Promise<string> {
  let body = ''
  response.setEncoding('latin1')
  for await (const chunk of response) {
    body += String(chunk)
    if (body.length >= mostRead) break
  }
  return body.slice(0, mostRead)
}

const mostRead = 65_536

/** A resumed session need not have one. */
function certificateOf(socket: TLSSocket): ServerCertificate | null {
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return null
  const { subject, validTo } = certificate
  const names = subject.split('\n').toReversed()
  return { subject: names.join(','), notAfter: new Date(validTo).toISOString() }
}
