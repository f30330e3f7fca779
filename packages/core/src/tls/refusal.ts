import { PeerGateError } from '../errors.js'
import type { PeerGateErrorCode } from '../errors.js'

/** A peer that the TLS gate refused, before any HTTP. */
export interface PeerRefusal {
  readonly error: PeerGateError
  /** The code that Node or OpenSSL gave for it, such as `CERT_HAS_EXPIRED`; null for a rule of ours. */
  readonly reason: string | null
}

/**
 * Why a handshake failed. `authorizationError` is what OpenSSL's verification of the peer's
 * certificate said; null where the handshake failed for another reason.
 */
export function explainHandshakeFailure(
  failure: NodeJS.ErrnoException,
  authorizationError: unknown,
): PeerRefusal {
  const verdict = verdictOf(authorizationError)
  const reason = verdict ?? failure.code ?? failure.message
  const code =
    verdict === null
      ? (codesByFailure.get(reason) ?? 'ERR_PEERGATE_HANDSHAKE_FAILED')
      : codeOfVerdict(verdict)
  const error = new PeerGateError(code, `the handshake ended with ${reason}`, { cause: failure })
  return { error, reason }
}

/** The code for what OpenSSL said of a certificate that did not verify. */
export function codeOfVerdict(verdict: string): PeerGateErrorCode {
  return codesByVerdict.get(verdict) ?? 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED'
}

/** The code in an `authorizationError`. Only null says that nothing was found. */
export function verdictOf(authorizationError: unknown): string | null {
  if (authorizationError === null) return null
  return typeof authorizationError === 'string' ? authorizationError : 'UNSPECIFIED'
}

const codesByFailure: ReadonlyMap<string, PeerGateErrorCode> = new Map([
  ['ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', 'ERR_PEERGATE_CERTIFICATE_MISSING'],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_PEERGATE_PROTOCOL_UNSUPPORTED'],
])

const codesByVerdict: ReadonlyMap<string, PeerGateErrorCode> = new Map([
  ['CERT_HAS_EXPIRED', 'ERR_PEERGATE_CERTIFICATE_EXPIRED'],
  ['CERT_NOT_YET_VALID', 'ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID'],
  ['INVALID_PURPOSE', 'ERR_PEERGATE_CERTIFICATE_PURPOSE_WRONG'],
])
