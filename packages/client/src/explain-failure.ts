import { PeerGateError } from '@peergate/core'
import type { Upstream } from '@peergate/core'
import { chainVerdicts, networkFailures } from '@peergate/core/material'
import {
  alerts,
  hungUp,
  lost,
  missingCertificate,
  notTls,
  otherFailure,
  otherName,
  unreachable,
  untrustedServer,
} from './failure.js'
import type { Failure } from './failure.js'

/** What is known of the connection that a call failed on. */
export interface FailedCall {
  readonly upstream: Upstream
  /** Whether an answer had come over this connection before. */
  readonly wasUsed: boolean
}

/**
 * What a call failed of, as one error: whatever https, undici and HTTP/2 make of it. What is not of the
 * connection, such as an abort or a time-out of the caller's own, is given back as it is.
 */
export function explainFailure(error: unknown, call: FailedCall): unknown {
  const chain = causesOf(error)
  const own = chain.find((cause) => cause instanceof PeerGateError)
  if (own !== undefined) return own.upstream === null ? withUpstream(own, error, call) : own
  const failure = firstOf(chain.map((cause) => findFailure(cause, call)))
  if (failure === null) return error
  const detail = `${call.upstream.target}: ${failure.cause}; ${failure.remedy}`
  return new PeerGateError(failure.code, detail, { cause: error, upstream: call.upstream })
}

function withUpstream(own: PeerGateError, cause: unknown, { upstream }: FailedCall): PeerGateError {
  return new PeerGateError(own.code, `${upstream.target}: ${own.detail}`, { cause, upstream })
}

interface ErrorLike {
  readonly code?: unknown
  readonly message?: unknown
  readonly cause?: unknown
}

const longestChain = 5

/** The innermost first, which says most. */
function causesOf(error: unknown): readonly ErrorLike[] {
  const chain: ErrorLike[] = []
  let next = error
  while (typeof next === 'object' && next !== null && chain.length < longestChain) {
    chain.unshift(next)
    next = (next as ErrorLike).cause
  }
  return chain
}

function firstOf(failures: readonly (Failure | null)[]): Failure | null {
  return failures.find((failure) => failure !== null) ?? null
}

function findFailure({ code, message }: ErrorLike, call: FailedCall): Failure | null {
  const alert = /SSL alert number (\d{1,3})/u.exec(String(message))?.[1]
  if (alert !== undefined) return explainAlert(Number(alert), call)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return otherName
  if (isOneOf(code, chainVerdicts)) return untrustedServer
  if (isOneOf(code, network)) return unreachable
  if (isOneOf(code, resets)) return call.wasUsed ? lost : hungUp
  const text = `${String(code)} ${String(message)}`
  if (/WRONG_VERSION_NUMBER|wrong version number|PACKET_LENGTH_TOO_LONG/u.test(text)) return notTls
  return code === 'EPROTO' || String(code).startsWith('ERR_SSL_') ? otherFailure : null
}

/**
 * TLS 1.2 has no alert of its own for a certificate that is missing (RFC 5246 §7.4.6), and servers in Go
 * say that it is a bad one: where none was sent, every complaint about it is that.
 */
function explainAlert(alert: number, { upstream }: FailedCall): Failure {
  const failure = alerts.get(alert) ?? otherFailure
  const isOfCertificate = alert === 40 || failure.code.startsWith('ERR_PEERGATE_CERTIFICATE_')
  return isOfCertificate && upstream.certificate === 'withheld' ? missingCertificate : failure
}

function isOneOf(code: unknown, codes: ReadonlySet<string>): boolean {
  return typeof code === 'string' && codes.has(code)
}

const network: ReadonlySet<string> = new Set([...networkFailures, 'UND_ERR_CONNECT_TIMEOUT'])

const resets: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])
