import type { Server, TLSSocket } from 'node:tls'
import { PeerGateError } from '../errors.js'
import type { PeerEvidence } from '../evidence.js'
import { readPresentedLeaf, refusalOf, refuseUnverified } from './accepted-peer.js'
import type { PresentedLeaf } from './accepted-peer.js'
import { bindServer } from './bind-server.js'
import type { SetContext } from './bind-server.js'
import { capturePeer } from './captured-peer.js'
import type { CapturedPeer } from './captured-peer.js'
import { createHandshakeStates } from './handshake-states.js'
import type { HostName } from './host-options.js'
import type { LiveConnection } from './live-connection.js'
import { createLiveConnections } from './live-connections.js'
import { explainHandshakeFailure } from './refusal.js'
import type { PeerRefusal } from './refusal.js'
import { refusePeer } from './refuse-peer.js'
import { rememberAddresses } from './remote-address.js'
import type { ServerNames } from './server-names.js'
import type { TrustState } from './trust-state.js'

/** The servers of one TLS gate, and their connections. */
export interface Attachment {
  readonly attach: (server: Server) => void
  /**
   * What is known of the peer of a connection now; undefined for one that was not accepted here. A
   * connection whose peer turns out to be refused is closed.
   */
  readonly readPeer: (socket: object) => PeerEvidence | PeerGateError | undefined
  /** The host that a connection is for; null where it is for every name. */
  readonly hostOf: (socket: object) => HostName
  /** Puts the state in force into every server, and judges the live connections by it. */
  readonly apply: () => void
}

interface AttachmentOptions {
  readonly current: () => TrustState
  readonly names: ServerNames
  readonly report: (refusal: PeerRefusal) => void
  /** Milliseconds. */
  readonly closeWithin: number
  readonly closeAtExpiry: boolean
  readonly mayResume: boolean
}

export function createAttachment(options: AttachmentOptions): Attachment {
  const { current, names, report, mayResume } = options
  const contexts = new Map<Server, SetContext>()
  const connections = createLiveConnections(options)
  const handshakes = createHandshakeStates(current)

  function judge(socket: TLSSocket): void {
    socket.disableRenegotiation()
    let presented: PresentedLeaf | null = null
    try {
      if (socket.isSessionReused()) refuseResumption(mayResume)
      else names.refuseForeignContext(socket)
      const host = names.hostOf(socket)
      presented = readPresentedLeaf(socket)
      refuseUnverified(socket, presented)
      const verified = names.stateOf(socket, handshakes.stateOf(socket))
      const peer = capturePeer(presented, host, verified)
      refuseUnaccepted(peer, current())
      connections.add(socket, peer)
    } catch (cause) {
      const certificate = presented?.certificate ?? null
      const close = () => void socket.destroy()
      report(refusePeer({ error: refusalOf(cause), socket, certificate, close }))
    }
  }

  /** What is known of the peer of a connection now; where it is refused, the connection is closed. */
  function judgeAgain(connection: LiveConnection): PeerEvidence | PeerGateError {
    const verdict = connection.peer.judge(current(), Date.now())
    if (verdict instanceof PeerGateError) connections.closeRefused(connection, verdict)
    return verdict
  }

  return {
    attach(server) {
      if (contexts.has(server)) return
      const setContext = bindServer(server, current().serverOptions)
      setContext(current().contextOptions)
      contexts.set(server, setContext)
      rememberAddresses(server)
      handshakes.follow(server)
      connections.follow(server)
      server.prependListener('secureConnection', judge)
      reportFailures(server, { names, report })
    },
    readPeer(socket) {
      const connection = connections.find(socket)
      return connection === undefined ? undefined : judgeAgain(connection)
    },
    hostOf: (socket) => connections.find(socket)?.peer.host ?? null,
    apply() {
      const { contextOptions } = current()
      for (const setContext of contexts.values()) setContext(contextOptions)
      for (const connection of connections.list()) judgeAgain(connection)
    },
  }
}

function reportFailures(
  server: Server,
  { names, report }: Pick<AttachmentOptions, 'names' | 'report'>,
): void {
  server.on('tlsClientError', (failure: NodeJS.ErrnoException, socket: TLSSocket) => {
    const refusal = explainHandshakeFailure(names.causeOf(failure, socket), socket)
    if (refusal !== null) report(refusal)
  })
}

function refuseUnaccepted(peer: CapturedPeer, state: TrustState): void {
  const verdict = peer.judge(state, Date.now())
  if (verdict instanceof PeerGateError) throw verdict
}

/** Where no tickets are issued, a resumed session was made by somebody else's keys. */
function refuseResumption(isAllowed: boolean): void {
  if (isAllowed) return
  throw new PeerGateError('ERR_PEERGATE_SESSION_RESUMED', 'the peer resumed a TLS session')
}
