import { AssertionError } from 'node:assert'
import type { PeerGateErrorCode } from '@peergate/core'
import { describeReport, isRefusedInTls } from './connection-report.js'
import type { ConnectionReport } from './connection-report.js'

/**
 * Asserts that the client was let in at TLS and answered with `status`.
 *
 * @throws {AssertionError} whose message says what happened instead
 */
export function assertAnswered(report: ConnectionReport, status: number): void {
  const isAnswered = report.answer?.status === status && report.serverHandshake === 'completed'
  if (!isAnswered) fail(`an answer ${status} was expected`, report)
}

/**
 * Asserts that the server refused the client before a byte of HTTP and, with `code`, that it was Peergate
 * which did, with this code.
 *
 * @throws {AssertionError} whose message says what happened instead
 */
export function assertRefusedInTls(report: ConnectionReport, code?: PeerGateErrorCode): void {
  if (!isRefusedInTls(report)) fail('a refusal in TLS was expected', report)
  if (code === undefined || report.refusal?.code === code) return
  fail(`a refusal in TLS with ${code} was expected`, report)
}

function fail(expectation: string, report: ConnectionReport): never {
  const message = `${expectation}, but ${describeReport(report)}`
  throw new AssertionError({ message, actual: report, operator: 'report' })
}
