import { X509Certificate } from 'node:crypto'
import { ServerResponse } from 'node:http'
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { PeerGateError } from '../errors.js'
import type { CreateProblem, ProblemDetails } from '../problem-details.js'
import type { RolloutMode } from '../rollout-mode.js'
import type { GateEvents } from '../telemetry/gate-events.js'
import { createRequestId } from '../telemetry/request-id.js'
import { refusalFacts } from '../telemetry/refusal-facts.js'
import { createConnectionMemory } from './connection-memory.js'
import { takeStreams } from './guard-requests.js'
import type { MayPass } from './guard-requests.js'
import { remoteAddressOf } from './remote-address.js'
import type { DescribeUnverified } from './unverified-peer.js'

/** A connection whose peer was not accepted, and which the mode leaves open. */
interface UnacceptedConnection {
  readonly socket: TLSSocket
  readonly refusal: PeerGateError
  readonly describeUnverified: DescribeUnverified
}

export interface UnacceptedConnections {
  readonly add: (connection: UnacceptedConnection) => void
  readonly find: (socket: object) => UnacceptedConnection | undefined
  /**
   * In the mode `enforce`, answers the requests of these connections, for all servers at this one
   * place, so that they reach no listener; in the mode `observe`, lets them pass. What wants another
   * protocol, or leave to go on, has no answer that it could not mistake: its connection is closed.
   */
  readonly mayPass: MayPass
}

export function createUnacceptedConnections(options: {
  readonly mode: RolloutMode
  readonly events: GateEvents
  readonly createProblem: CreateProblem
}): UnacceptedConnections {
  const { mode, events, createProblem } = options
  const memory = createConnectionMemory<UnacceptedConnection>()

  function tell({ refusal, socket, describeUnverified }: UnacceptedConnection): void {
    events.publish('identity-rejected', () => ({
      layer: refusal.layer,
      ...refusalFacts(refusal, true),
      request: { ...createRequestId(), route: null, remoteAddress: remoteAddressOf(socket) },
      fingerprint256: null,
      policy: 'live' as const,
      isFirst: true,
      unverified: describeUnverified(),
    }))
  }

  function respond(connection: UnacceptedConnection, headers: unknown): ProblemDetails {
    tell(connection)
    return createProblem(connection.refusal, headers)
  }

  return {
    add(connection) {
      memory.remember(connection.socket, connection)
      forgetFindings()
    },
    find: memory.recall,
    mayPass({ event, socket, from, answer }) {
      const connection = mode === 'observe' ? undefined : memory.recall(socket)
      if (connection === undefined) return true
      if (event === 'session') {
        const session = answer as ServerHttp2Session
        session.setTimeout(longestSilence, () => session.destroy())
        takeStreams(session, (stream, of) => answerStream(stream, respond(connection, of)))
        // The session itself is still told of, since servers close by it those that they know.
        return true
      }
      if (event === 'request' && answer instanceof ServerResponse) {
        answerRequest(answer, respond(connection, from.headers))
      } else if (event !== 'dropRequest') {
        if (event !== 'unknownProtocol') tell(connection)
        connection.socket.destroy()
      }
      return false
    },
  }
}

/**
 * In milliseconds, as long as Node lets HTTP/1 wait for the next request. On HTTP/2 it waits for ever,
 * also for a client that broke the protocol and is gone.
 */
const longestSilence = 5000

/**
 * What OpenSSL found against a signature in the chain is still in its queue of errors, and Node takes it
 * for a fault of the connection as soon as there is nothing more to read. Reading a certificate empties
 * the queue, whatever comes of it.
 */
function forgetFindings(): void {
  try {
    void new X509Certificate(new Uint8Array())
  } catch {
    // It is none.
  }
}

/** Node can be told to throw where HEAD is answered with a body, and nobody would catch that here. */
function answerRequest(response: ServerResponse, { statusCode, headers, body }: ProblemDetails) {
  response.writeHead(statusCode, headers).end(response.req.method === 'HEAD' ? undefined : body)
}

/** The client may have taken its request back, and may do so at any time: that must not throw. */
function answerStream(stream: ServerHttp2Stream, { statusCode, headers, body }: ProblemDetails) {
  stream.on('error', () => undefined)
  if (stream.destroyed || stream.closed) return
  stream.respond({ ':status': statusCode, ...headers })
  // To HEAD, it has ended by now.
  if (!stream.writableEnded) stream.end(body)
}
