import { connect } from 'node:http2'
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  ClientSessionRequestOptions,
  OutgoingHttpHeaders,
} from 'node:http2'
import { connect as connectTls } from 'node:tls'
import type { Upstream } from '@peergate/core'
import { followConnection } from './follow-connection.js'
import { explainFailure } from './explain-failure.js'
import type { CutOff } from './rotation-users.js'
import type { AgentRules } from './scoped-agent.js'
import { authorityOf } from './server-tls.js'

/** Requests to one server over HTTP/2. */
export interface Http2Connection {
  /** As `request` of a `ClientHttp2Session`, on one that is open and of the newest material. */
  readonly request: (
    headers?: OutgoingHttpHeaders,
    options?: ClientSessionRequestOptions,
  ) => ClientHttp2Stream
  /** Lets the requests in flight finish, and closes the connection. */
  readonly close: () => void
}

export interface RotatingHttp2 extends Http2Connection {
  /** Closes the connection of older material behind its last request. */
  readonly drain: () => CutOff
}

/** A session, and what is known of it. */
interface OpenSession {
  readonly session: ClientHttp2Session
  /** What it failed of. */
  fault: unknown
  wasUsed: boolean
}

export function openHttp2({ tlsFor, describe }: AgentRules, url: URL): RotatingHttp2 {
  const authority = authorityOf(url)
  const upstream = describe(authority)
  let current: OpenSession | null = null

  function open(): OpenSession {
    const tls = tlsFor(authority)
    const session = connect(url, {
      createConnection() {
        const socket = connectTls({ ...authority, ...tls, ALPNProtocols: ['h2'] })
        followConnection(socket)
        return socket
      },
    })
    const opened: OpenSession = { session, fault: undefined, wasUsed: false }
    // Whatever ends a session ends its requests, by which it is told.
    session.on('error', (error) => (opened.fault ??= error))
    return opened
  }

  function close(): void {
    drain()
  }

  function drain(): CutOff {
    const old = current?.session
    current = null
    old?.close()
    return (error) => old?.destroy(error)
  }

  return {
    request(headers, options) {
      if (current === null || current.session.closed || current.session.destroyed) current = open()
      const stream = current.session.request(headers, options)
      explainStream(stream, current, upstream)
      return stream
    },
    close,
    drain,
  }
}

/** A session that the server cuts off may close its streams without an error. */
function explainStream(stream: ClientHttp2Stream, opened: OpenSession, upstream: Upstream): void {
  const emit = stream.emit.bind(stream)
  let isOver = false
  const explain = (error: unknown) =>
    explainFailure(opened.fault ?? error, { upstream, wasUsed: opened.wasUsed })
  Object.defineProperty(stream, 'emit', {
    configurable: true,
    writable: true,
    value(event: string, ...values: unknown[]): boolean {
      if (event === 'response') opened.wasUsed = true
      const isCutOff = event === 'close' && !isOver && opened.session.destroyed
      isOver ||= event === 'response' || event === 'error'
      if (isCutOff) emit('error', explain(cutOff()))
      return emit(event, ...(event === 'error' ? [explain(values[0])] : values))
    },
  })
}

/** What Node says of HTTP/1 there. */
function cutOff(): Error {
  return Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' })
}
