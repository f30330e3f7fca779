import type { Server, TLSSocket } from 'node:tls'
import { PeerGateError } from '../errors.js'
import type { PeerEvidence } from '../evidence.js'
import type { CreateProblem } from '../problem-details.js'
import type { RolloutMode } from '../rollout-mode.js'
import type { UnverifiedPeer } from '../telemetry/gate-event.js'
import type { FactsOf, GateEvents } from '../telemetry/gate-events.js'
import { acceptConnection } from './accept-connection.js'
import type { RefusedPeer } from './accept-connection.js'
import { authoritiesOf } from './authorities.js'
import { bindServer } from './bind-server.js'
import type { SetContext } from './bind-server.js'
import type { CapturedPeer } from './captured-peer.js'
import { describeCertificate } from './certificate-description.js'
import { connectionFactsOf } from './connection-facts.js'
import { guardRequests } from './guard-requests.js'
import type { MayPass } from './guard-requests.js'
import { createHandshakeStates } from './handshake-states.js'
import type { HandshakeStates } from './handshake-states.js'
import type { HostName } from './host-options.js'
import { takeRequest } from './live-connection.js'
import type { LiveConnection } from './live-connection.js'
import { createLiveConnections } from './live-connections.js'
import type { LiveConnections } from './live-connections.js'
import { explainHandshakeFailure } from './refusal.js'
import type { RefusalReport } from './refusal-report.js'
import { refusePeer } from './refuse-peer.js'
import { rememberAddresses } from './remote-address.js'
import type { ServerNames } from './server-names.js'
import type { TrustState } from './trust-state.js'
import { createUnacceptedConnections } from './unaccepted-connections.js'
import type { UnacceptedConnections } from './unaccepted-connections.js'

/** The servers of one TLS gate, and their connections. */
export interface Attachment {
  readonly attach: (server: Server) => void
  /**
   * What is known of the peer of a connection now; undefined for one that was not judged here. A
   * connection whose peer turns out to be refused is closed, unless the mode lets it go on.
   */
  readonly readPeer: (socket: object) => PeerEvidence | PeerGateError | undefined
  /** The host that a connection is for; null where it is for every name. */
  readonly hostOf: (socket: object) => HostName
  /** What the peer of a connection claims that is not accepted; null for one that is, or sent nothing. */
  readonly unverifiedPeerOf: (socket: object) => UnverifiedPeer | null
  /** How many connections there are whose peer is accepted. */
  readonly countLive: () => number
  /** Puts the state in force into every server, and judges the live connections by it. */
  readonly apply: () => void
}

interface AttachmentOptions {
  readonly current: () => TrustState
  readonly names: ServerNames
  readonly mode: RolloutMode
  readonly events: GateEvents
  readonly report: RefusalReport
  readonly createProblem: CreateProblem
  /** Milliseconds. */
  readonly closeWithin: number
  readonly closeAtExpiry: boolean
  readonly mayResume: boolean
}

export function createAttachment(options: AttachmentOptions): Attachment {
  const { current, names, mode, report } = options
  const contexts = new Map<Server, SetContext>()
  const connections = createLiveConnections(options)
  const unaccepted = createUnacceptedConnections(options)
  const handshakes = createHandshakeStates(current)

  const judge = createJudge(options, { connections, unaccepted, handshakes })

  /** What is known of the peer of a connection now; where it is refused, the connection is closed. */
  function judgeAgain(connection: LiveConnection): PeerEvidence | PeerGateError {
    const verdict = connection.peer.judge(current(), Date.now)
    if (verdict instanceof PeerGateError) connections.closeRefused(connection, verdict)
    return verdict
  }

  /** A connection is accepted or not; most are. */
  const mayPass: MayPass = (arrival) => {
    const connection = connections.find(arrival.socket)
    return connection === undefined
      ? unaccepted.mayPass(arrival)
      : takeRequest(connection, arrival.answer)
  }

  return {
    attach(server) {
      if (contexts.has(server)) return
      const setContext = bindServer(server, current().serverOptions, mode)
      setContext(current().contextOptions)
      contexts.set(server, setContext)
      rememberAddresses(server)
      handshakes.follow(server)
      connections.follow(server)
      guardRequests(server, mayPass)
      server.prependListener('secureConnection', judge)
      reportFailures(server, { names, report })
    },
    readPeer(socket) {
      const connection = connections.find(socket)
      if (connection !== undefined) return judgeAgain(connection)
      return unaccepted.find(socket)?.refusal
    },
    hostOf: (socket) => connections.find(socket)?.peer.host ?? null,
    unverifiedPeerOf(socket) {
      const known = connections.find(socket)?.peer ?? unaccepted.find(socket)
      return known?.describeUnverified() ?? null
    },
    countLive: connections.count,
    apply() {
      const { contextOptions } = current()
      for (const setContext of contexts.values()) setContext(contextOptions)
      for (const connection of connections.list()) judgeAgain(connection)
    },
  }
}

/** Judges the connections whose handshake has succeeded. */
function createJudge(
  { current, names, mode, events, report, mayResume }: AttachmentOptions,
  { connections, unaccepted, handshakes }: KnownConnections,
): (socket: TLSSocket) => void {
  /** Closes the connection, or leaves it open as one that is not accepted. */
  function refuse(socket: TLSSocket, { error, leaf, describeUnverified }: RefusedPeer): void {
    const isEnforced = mode === 'strict'
    const leaveOpen = (refusal: PeerGateError) =>
      unaccepted.add({ socket, refusal, describeUnverified })
    const close = () => (isEnforced ? void socket.destroy() : leaveOpen(error))
    const refusal = refusePeer({ error, socket, certificate: leaf?.certificate ?? null, close })
    // Now with the remedy, for what is recorded of its requests.
    if (!isEnforced) leaveOpen(refusal.error)
    report.refused(refusal, isEnforced, describeUnverified)
  }

  return (socket) => {
    socket.disableRenegotiation()
    const peer = acceptConnection(socket, { current, names, handshakes, mayResume })
    if ('error' in peer) return refuse(socket, peer)
    connections.add(socket, peer)
    events.publish('connection-accepted', () => describeAccepted(socket, peer, current()))
  }
}

interface KnownConnections {
  readonly connections: LiveConnections
  readonly unaccepted: UnacceptedConnections
  readonly handshakes: HandshakeStates
}

function reportFailures(
  server: Server,
  { names, report }: Pick<AttachmentOptions, 'names' | 'report'>,
): void {
  server.on('tlsClientError', (failure: NodeJS.ErrnoException, socket: TLSSocket) => {
    const refusal = explainHandshakeFailure(names.causeOf(failure, socket), socket)
    if (refusal !== null) report.refused(refusal, true, () => null)
  })
}

function describeAccepted(
  socket: TLSSocket,
  peer: CapturedPeer,
  state: TrustState,
): FactsOf<'connection-accepted'> {
  const membership = peer.membership(state)
  const authorities = authoritiesOf(membership).map(({ facts }) => facts.fingerprint256)
  return {
    layer: 'tls',
    connection: Object.freeze(connectionFactsOf(socket)),
    trustSet: membership.set?.name ?? null,
    authorities: Object.freeze(authorities),
    certificate: describeCertificate(peer.certificate),
  }
}
