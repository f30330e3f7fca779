import type { TLSSocket } from 'node:tls'
import type { CertificateFacts } from '../certificate/certificate-facts.js'
import { PeerGateError } from '../errors.js'
import type { PeerGateErrorCode } from '../errors.js'
import type { RolloutMode } from '../rollout-mode.js'
import type { ConnectionFacts } from '../telemetry/gate-event.js'
import { explainFailure, explainVerdict } from './explanation.js'
import type { Explanation } from './failure-table.js'
import { describeCertificate } from './certificate-description.js'
import type { CertificateDescription } from './certificate-description.js'
import { connectionFactsOf } from './connection-facts.js'
import { transportOf } from './transport.js'
import { describeValidity } from './validity-note.js'

/** A peer that the TLS gate refused, before any HTTP or later on a live connection; frozen. */
export interface PeerRefusal extends ExplainedRefusal {
  readonly mode: RolloutMode
  /** Whether it was refused; false where the mode lets it go on. */
  readonly isEnforced: boolean
}

/** Why a peer is refused, and who it was. */
export interface ExplainedRefusal extends ConnectionFacts {
  /** The code, and in `detail` the cause and the remedy. */
  readonly error: PeerGateError
  /** The code that Node or OpenSSL gave for it, such as `CERT_HAS_EXPIRED`; null for a rule of ours. */
  readonly reason: string | null
  /**
   * What the peer presented; nobody vouches for it. Null where none was received, and where Node refused
   * it: then it is gone before it can be read.
   */
  readonly unverifiedCertificate: CertificateDescription | null
}

/**
 * Why a handshake failed; null for a connection that was closed before its client said anything,
 * which is abandoned and not refused: port checks do this all the time.
 *
 * Takes what the event `tlsClientError` of a server brings. The address of a connection that is
 * closed is known where {@link rememberAddresses} was called for the server.
 */
export function explainHandshakeFailure(
  failure: NodeJS.ErrnoException,
  socket: TLSSocket,
  now: number = Date.now(),
): ExplainedRefusal | null {
  if (failure instanceof PeerGateError) return refusalOf(failure, null, socket, null)
  if (isAbandoned(failure, socket)) return null
  const verdict = verdictOf(socket.authorizationError)
  const reason = verdict ?? failure.code ?? failure.message
  const explanation = verdict === null ? explainFailure(reason) : explainVerdict(verdict)
  const parts = [`the handshake ended with ${reason}: ${describe(explanation)}`]
  if (isOutOfTime(explanation.code)) parts.push(describeValidity(null, now))
  const error = new PeerGateError(explanation.code, parts.join('; '), { cause: failure })
  return refusalOf(error, reason, socket, null)
}

/**
 * Why a peer was refused whose handshake had succeeded. Call it before the socket is destroyed,
 * which loses the protocol.
 */
export function explainPeerRefusal(
  error: PeerGateError,
  socket: TLSSocket,
  certificate: CertificateFacts | null,
  now: number = Date.now(),
): ExplainedRefusal {
  const { code, detail, cause } = error
  const verdict = verdictOf(socket.authorizationError)
  // A rule of ours may have refused a peer of whom OpenSSL said something else as well.
  const reason = verdict !== null && codeOfVerdict(verdict) === code ? verdict : null
  const parts = [detail]
  if (reason !== null) parts.push(describe(explainVerdict(reason)))
  if (isOutOfTime(code)) parts.push(describeValidity(certificate, now))
  const explained =
    parts.length === 1 ? error : new PeerGateError(code, parts.join('; '), { cause })
  return refusalOf(explained, reason, socket, certificate)
}

/** The code for what OpenSSL said of a certificate that did not verify. */
export function codeOfVerdict(verdict: string): PeerGateErrorCode {
  return explainVerdict(verdict).code
}

/** The code in an `authorizationError`. Only null says that nothing was found. */
export function verdictOf(authorizationError: unknown): string | null {
  if (authorizationError === null) return null
  return typeof authorizationError === 'string' ? authorizationError : 'UNSPECIFIED'
}

/** Only what is certain: a connection without a transport to ask counts as refused. */
function isAbandoned(failure: NodeJS.ErrnoException, socket: TLSSocket): boolean {
  return failure.code === 'ECONNRESET' && transportOf(socket)?.bytesRead === 0
}

function isOutOfTime(code: PeerGateErrorCode): boolean {
  return (
    code === 'ERR_PEERGATE_CERTIFICATE_EXPIRED' || code === 'ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID'
  )
}

function describe({ cause, remedy }: Explanation): string {
  return `${cause}; ${remedy}`
}

function refusalOf(
  error: PeerGateError,
  reason: string | null,
  socket: TLSSocket,
  certificate: CertificateFacts | null,
): ExplainedRefusal {
  return Object.freeze({
    error,
    reason,
    ...connectionFactsOf(socket, error.code),
    unverifiedCertificate: certificate === null ? null : describeCertificate(certificate),
  })
}
