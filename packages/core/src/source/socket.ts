import type * as z from 'zod'
import { PeerGateError } from '../errors.js'
import type { PeerEvidence } from '../evidence.js'
import { lazily } from '../lazily.js'
import { madeBy, parseOptions, strictOptions } from '../options.js'
import type { PeerSource, RequestLike } from '../peer-source.js'
import { readPresentedLeaf, refusalOf, refuseUnverified } from '../tls/accepted-peer.js'
import type { PeerSocket } from '../tls/accepted-peer.js'
import { createConnectionMemory } from '../tls/connection-memory.js'
import { peerReaderOf } from '../tls/tls-gate.js'
import type { PeerReader, TlsGate } from '../tls/tls-gate.js'
import { createIdentityHeaderRemoval } from './remove-identity-headers.js'
import { refuseOtherHost } from './requested-host.js'

export interface SocketSourceOptions {
  /** The TLS gate that is attached to the server; only connections that it captured are accepted. */
  readonly tls?: TlsGate
}

/**
 * Reads peers from the TLS connections of this process.
 *
 * Headers that name an identity are removed unread.
 *
 * Where the TLS gate has hosts, a request to another host than its connection was opened for is
 * refused with ERR_PEERGATE_HOST_MISMATCH, which is answered with 421.
 *
 * With a TLS gate, the certificate is the one that the TLS gate captured at the handshake. Without
 * one, for a server set up by hand, it is read from the socket at the first request, and only TLS
 * 1.3 is accepted, where renegotiation is refused.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 */
export function socketSource(options: SocketSourceOptions = {}): PeerSource {
  const { tls } = parseOptions('socketSource', socketSourceSchema(), options)
  const readPeer = createSocketReader(tls)
  const removeIdentityHeaders = createIdentityHeaderRemoval()
  const describeUnverified = createUnverifiedReader(tls)
  return Object.freeze({
    name: 'socket',
    trustSets: tls?.trustSets ?? Object.freeze([]),
    mode: tls?.mode ?? 'enforce',
    unverifiedPeerOf: describeUnverified,
    read(request: RequestLike) {
      const peer = readPeer(request)
      try {
        // Nobody is believed here what the headers say, and nothing behind the gate shall be tempted.
        removeIdentityHeaders(request)
        return peer
      } catch (cause) {
        return peer instanceof PeerGateError ? peer : closed('its headers cannot be cleared', cause)
      }
    },
  })
}

/** Without a TLS gate, nothing is remembered of who is not accepted. */
function createUnverifiedReader(
  tls: TlsGate | undefined,
): NonNullable<PeerSource['unverifiedPeerOf']> {
  const captured = tls === undefined ? undefined : peerReaderOf(tls)
  // What is no socket is none that is remembered.
  return ({ socket }) => captured?.unverifiedPeerOf(Object(socket) as object) ?? null
}

/** Reads the peer of a TLS connection, of those that `tls` captured where it is given. Total. */
export function createSocketReader(
  tls: TlsGate | undefined,
): (request: RequestLike) => PeerEvidence | PeerGateError {
  const captured = tls === undefined ? undefined : peerReaderOf(tls)
  const readPeer = captured === undefined ? readByHand() : readCaptured(captured)
  return (request) => {
    try {
      return readPeer(socketOf(request), request)
    } catch (cause) {
      return cause instanceof PeerGateError ? cause : closed('its socket cannot be read', cause)
    }
  }
}

type ReadPeer = (socket: object, request: RequestLike) => PeerEvidence | PeerGateError

function readCaptured(captured: PeerReader): ReadPeer {
  return (socket, request) => {
    const peer = captured.readPeer(socket)
    const host = captured.hostOf(socket)
    if (host !== null) refuseOtherHost(request, host)
    if (peer !== undefined) return peer
    refuseUnreadable(socket)
    const fault = 'the TLS gate did not capture this connection; call tls.attach before listen'
    return new PeerGateError('ERR_PEERGATE_CONNECTION_NOT_CAPTURED', fault)
  }
}

function readByHand(): ReadPeer {
  const peers = createConnectionMemory<ReturnType<ReadPeer>>()
  return (socket) => {
    const known = peers.recall(socket)
    if (known !== undefined) return known
    refuseUnreadable(socket)
    const peer = readOnce(socket as HandMadeSocket)
    peers.remember(socket, peer)
    return peer
  }
}

interface HandMadeSocket extends PeerSocket {
  readonly getProtocol: () => string | null
}

function readOnce(socket: HandMadeSocket): PeerEvidence | PeerGateError {
  try {
    refuseOldProtocol(socket)
    const presented = readPresentedLeaf(socket)
    refuseUnverified(socket, presented)
    const { certificate } = presented
    // The client CA sets of a server set up by hand have no names.
    return Object.freeze({ source: 'socket', assurance: 'tls', certificate, trustSet: null })
  } catch (cause) {
    return refusalOf(cause)
  }
}

function refuseOldProtocol(socket: HandMadeSocket): void {
  const protocol = socket.getProtocol()
  if (protocol === 'TLSv1.3') return
  const fault = `without a TLS gate only TLSv1.3 is accepted, and this is ${protocol}; use createTlsGate`
  throw new PeerGateError('ERR_PEERGATE_PROTOCOL_UNSUPPORTED', fault)
}

function socketOf(request: RequestLike): object {
  const { socket } = request
  if (typeof socket === 'object' && socket !== null) return socket
  throw closed('the request has no socket')
}

function refuseUnreadable(socket: { readonly encrypted?: unknown; readonly destroyed?: unknown }) {
  if (socket.destroyed === true) throw closed('its socket is destroyed')
  if (socket.encrypted !== true) {
    const fault =
      'the request came over a connection without TLS, or was injected by a test; send it to the server of the TLS gate'
    throw new PeerGateError('ERR_PEERGATE_CONNECTION_NOT_TLS', fault)
  }
}

function closed(fault: string, cause?: unknown): PeerGateError {
  const detail = `${fault}; ask for the peer when the request begins`
  return new PeerGateError('ERR_PEERGATE_CONNECTION_CLOSED', detail, { cause })
}

/** A TLS gate that {@link createTlsGate} made. */
export const tlsGateSchema: () => z.ZodType<TlsGate> = lazily(() =>
  madeBy<TlsGate>('createTlsGate', (value) => peerReaderOf(value as TlsGate) !== undefined),
)

const socketSourceSchema = lazily(() => strictOptions({ tls: tlsGateSchema().exactOptional() }))
