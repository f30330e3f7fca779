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
  /** Whether the client’s side of the handshake was done. */
  readonly isSecure: boolean
  readonly server: ServerCertificate | null
  readonly isResumed: boolean
  readonly session: Buffer | null
}

/** How it ended: by the head of an answer, or by an error without one, whatever the handshake seemed to say. */
type Ended =
  | {
      readonly status: number
      /** The first 64 KiB. */
      readonly body: string
      /** Whether that is all there is, or would be more of the same. */
      readonly isWhole: boolean
      readonly error: null
    }
  | {
      readonly status: null
      readonly body: ''
      readonly isWhole: false
      readonly error: {
        readonly code: string
        readonly message: string
        /** Whether a byte of an answer had come. */
        readonly hasBegun: boolean
      }
    }

/** Opens a connection of its own, and never throws for what a server does. */
export async function connectOnce(
  target: ProbeTarget,
  { version, credentials, session = null, headers = {} }: ConnectOptions,
): Promise<Connected> {
  const { ca } = target
  const signal = AbortSignal.timeout(target.timeout)
  const socket = connect({
    ...addressOf(target),
    // Whatever the environment says.
    rejectUnauthorized: true,
    minVersion: version,
    maxVersion: version,
    ...(ca !== null && { ca }),
    ...(credentials !== null && { cert: credentials.certificate, key: credentials.key }),
    ...(session !== null && { session }),
  })
  const seen: {
    isSecure: boolean
    server: ServerCertificate | null
    session: Buffer | null
    isResumed: boolean
  } = {
    isSecure: false,
    server: null,
    session: null,
    isResumed: false,
  }
  socket.once('secureConnect', () => {
    seen.isSecure = true
    seen.server = certificateOf(socket)
    seen.isResumed = socket.isSessionReused()
  })
  socket.on('session', (latest: Buffer) => (seen.session = latest))
  const ended = await askOver(socket, target, headers, signal)
  socket.destroy()
  return { ...ended, ...seen }
}

/** Where to connect, and what to ask for. */
export function addressOf({ host, port, servername }: ProbeTarget): ConnectionOptions {
  return {
    host,
    port,
    ALPNProtocols: ['http/1.1'],
    ...(servername !== null && { servername }),
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
  // What comes of it is told below; an error behind the answer is of no account.
  outgoing.on('error', () => undefined)
  let hasBegun = false
  socket.once('data', () => (hasBegun = true))
  outgoing.end()
  try {
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    return { status: Number(response.statusCode), ...(await readSome(response)), error: null }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return {
      status: null,
      body: '',
      isWhole: false,
      error: { code: String(code), message, hasBegun },
    }
  }
}

/** As much of a body as tells two answers apart; an answer whose body breaks off is one all the same. */
async function readSome(
  response: IncomingMessage,
): Promise<{ readonly body: string; readonly isWhole: boolean }> {
  let body = ''
  response.setEncoding('latin1')
  try {
    for await (const chunk of response) {
      body += String(chunk)
      if (body.length >= mostRead) break
    }
  } catch {
    return { body, isWhole: false }
  }
  return { body: body.slice(0, mostRead), isWhole: true }
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
