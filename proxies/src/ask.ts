import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { connect as connectPlain } from 'node:net'
import type { NetConnectOpts } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'
import type { MintedLeaf } from '@peergate/testkit'
import type { EdgePki } from './edge-pki.js'
import type { Told } from './service.js'

export interface AskOptions {
  readonly port: number
  /** What the client proves itself with. */
  readonly leaf?: Pick<MintedLeaf, 'certificate' | 'key'> | undefined
  /** Names and values by turns, sent as they are and before `Host`. */
  readonly lines?: readonly string[]
  readonly path?: string
  /** The only version of TLS that the client speaks. */
  readonly version?: 'TLSv1.2' | 'TLSv1.3'
  /** The session that the client would resume. */
  readonly session?: Buffer | undefined
}

/** What came of one request. */
export interface Answer {
  /** What the service said; null where the request did not reach it. */
  readonly told: Told | null
  /** The HTTP status, or the code of the error that ended the connection. */
  readonly status: string
  /** Whether the session was resumed. */
  readonly isResumed: boolean
  /** A session to resume. */
  readonly session: Buffer | undefined
}

/** Asks an edge over a TLS connection of its own. */
export async function ask(
  { pki }: EdgePki,
  { port, leaf, version, session, ...own }: AskOptions,
): Promise<Answer> {
  const options: ConnectionOptions = {
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: pki.authority('server-ca').certificate,
    ...(leaf === undefined ? {} : { cert: leaf.certificate, key: leaf.key }),
    ...(version === undefined ? {} : { minVersion: version, maxVersion: version }),
    ...(session === undefined ? {} : { session }),
  }
  const socket = connect(options)
  let isResumed = false
  let next: Buffer | undefined
  socket.once('secureConnect', () => (isResumed = socket.isSessionReused()))
  socket.on('session', (latest: Buffer) => (next = latest))
  const { told, status } = await send({ createConnection: () => socket }, own)
  return { told, status, isResumed, session: next }
}

/** Asks the service itself, past its proxy; over TLS where `tls` says how. */
export async function askService(
  where: NetConnectOpts,
  lines: readonly string[],
  tls?: ConnectionOptions,
): Promise<Pick<Answer, 'status' | 'told'>> {
  const createConnection = () => {
    const socket = connectPlain(where)
    return tls === undefined ? socket : connect({ ...tls, socket, servername: 'localhost' })
  }
  return send({ createConnection }, { lines })
}

async function send(
  options: RequestOptions,
  { lines = [], path = '/' }: Pick<AskOptions, 'lines' | 'path'>,
): Promise<Pick<Answer, 'status' | 'told'>> {
  const headers = [...lines, 'Host', 'localhost', 'Connection', 'close']
  const outgoing = request({ ...options, path, headers, signal: AbortSignal.timeout(patience) })
  outgoing.end()
  try {
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    return { told: readTold(await text(response)), status: `${response.statusCode}` }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // Neither of these is an answer: the proxy is gone, or it hangs.
    if (code === 'ECONNREFUSED' || code === 'ABORT_ERR') throw error
    return { told: null, status: code }
  } finally {
    outgoing.destroy()
  }
}

const patience = 10_000

/** Proxies refuse with pages of their own. */
function readTold(body: string): Told | null {
  return body.startsWith('{"who":') ? (JSON.parse(body) as Told) : null
}
