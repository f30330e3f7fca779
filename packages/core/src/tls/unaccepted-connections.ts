import { ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { PeerGateError } from '../errors.js'
import type { CreateProblem, ProblemDetails } from '../problem-details.js'
import type { RolloutMode } from '../rollout-mode.js'
import type { GateEvents } from '../telemetry/gate-events.js'
import { createRequestId } from '../telemetry/request-id.js'
import { refusalFacts } from '../telemetry/refusal-facts.js'
import { createConnectionMemory } from './connection-memory.js'
import type { Arrival, MayPass } from './guard-requests.js'
import { remoteAddressOf } from './remote-address.js'
import type { DescribeUnverified } from './unverified-peer.js'

/** A connection whose peer was not accepted, and which the mode leaves open. */
export interface UnacceptedConnection {
  readonly socket: TLSSocket
  readonly refusal: PeerGateError
  readonly describeUnverified: DescribeUnverified
}

export interface UnacceptedConnections {
  readonly add: (connection: UnacceptedConnection) => void
  readonly find: (socket: object) => UnacceptedConnection | undefined
  /**
   * In the mode `enforce`, answers the requests of these connections, for all servers at this one
   * place, so that they reach no listener; in the mode `observe`, lets them pass.
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
      unverified: describeUnverified(),
    }))
  }

  return {
    add: (connection) => memory.remember(connection.socket, connection),
    find: memory.recall,
    mayPass(arrival) {
      const connection = mode === 'observe' ? undefined : memory.recall(arrival.socket)
      if (connection === undefined) return true
      tell(connection)
      answer(arrival, connection, createProblem)
      return false
    },
  }
}

/** What wants another protocol, or leave to go on, has no answer that it could not mistake. */
function answer(
  { event, headers, answer: to }: Arrival,
  { socket, refusal }: UnacceptedConnection,
  createProblem: CreateProblem,
): void {
  const problem = createProblem(refusal, headers)
  if (event === 'stream') answerStream(to as ServerHttp2Stream, problem)
  else if (event === 'request' && to instanceof ServerResponse) {
    to.writeHead(problem.statusCode, problem.headers).end(problem.body)
  } else socket.destroy()
}

function answerStream(stream: ServerHttp2Stream, problem: ProblemDetails): void {
  // Whoever resets the stream with an error would otherwise end the process, since nobody else listens.
  stream.on('error', () => undefined)
  // It can be reset before it is handed over, and would throw.
  if (stream.destroyed || stream.closed) return
  stream.respond({ ':status': problem.statusCode, ...problem.headers })
  // To HEAD, it has ended by now.
  if (!stream.writableEnded) stream.end(problem.body)
}
