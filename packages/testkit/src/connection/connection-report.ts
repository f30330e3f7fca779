import type { PeerGateErrorCode } from '@peergate/core'

/** What really happened on one connection, on both of its sides. */
export interface ConnectionReport {
  /** The name of the client. */
  readonly client: string
  /** Its label. */
  readonly label: string
  /** The subject of the certificate that the server presented; null where none came. */
  readonly serverCertificate: string | null
  /** Such as `TLSv1.3`; null where the client did not finish its handshake. */
  readonly protocol: string | null
  /**
   * How far the client came. With TLS 1.3, it is `completed` before the server has looked at the
   * certificate, and says nothing about being let in. `not-started` where its own library refuses.
   */
  readonly handshake: 'completed' | 'failed' | 'not-started'
  /**
   * How far the server came; `unseen` where the connection did not get to it, `abandoned` where it was the
   * client that did not go on, such as with a server certificate that it does not trust.
   */
  readonly serverHandshake: 'abandoned' | 'completed' | 'refused' | 'unseen'
  /** The TLS alert that the client was sent (RFC 8446 §6), such as `certificate_expired`; null without. */
  readonly alert: string | null
  /** The code of the error that ended it for the client; null after an answer. */
  readonly error: string | null
  /** What Peergate said at the TLS gate of the server; null without. */
  readonly refusal: GateRefusal | null
  /** The answer; null where none came, or not whole. */
  readonly answer: ConnectionAnswer | null
}

export interface GateRefusal {
  readonly code: PeerGateErrorCode
  /** Cause and remedy. */
  readonly detail: string | null
}

export interface ConnectionAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/**
 * Whether the server refused the client for what it is: not where both have no version or protocol in common,
 * or the server was asked for another host.
 */
export function isRefusedInTls({ serverHandshake, answer, alert }: ConnectionReport): boolean {
  return serverHandshake === 'refused' && answer === null && !otherAlerts.has(alert ?? '')
}

const otherAlerts: ReadonlySet<string> = new Set([
  'no_application_protocol',
  'protocol_version',
  'unrecognized_name',
])

/** A report as sentences. */
export function describeReport(report: ConnectionReport): string {
  return [
    `a client ${report.label} (${report.client}) ${clientSide(report)}`,
    serverSide(report),
    answerOf(report),
  ].join('; ')
}

function clientSide({ handshake, protocol, serverCertificate, error }: ConnectionReport): string {
  const shown = serverCertificate === null ? 'no certificate' : serverCertificate
  if (handshake === 'not-started') return `was refused by its own TLS library (${error})`
  return handshake === 'completed'
    ? `finished its side of a ${protocol} handshake, and was shown ${shown}`
    : `did not finish its handshake (${error}), and was shown ${shown}`
}

function serverSide({ serverHandshake, refusal, alert }: ConnectionReport): string {
  if (serverHandshake === 'unseen') return 'the server saw no handshake'
  if (serverHandshake === 'completed') return 'the server finished its side'
  if (serverHandshake === 'abandoned') return 'the client did not go on'
  const why = refusal === null ? '' : ` with ${refusal.code} (${refusal.detail})`
  const sent = alert === null ? 'without an alert' : `and sent the alert ${alert}`
  return `the server refused it${why} ${sent}`
}

function answerOf({ answer }: ConnectionReport): string {
  return answer === null ? 'no byte of an answer came' : `the answer was ${answer.status}`
}
