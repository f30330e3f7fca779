import { demanded, distrusted } from './explained.js'
import type { Explained, Meaning } from './explained.js'
import type { Attempt, ProbeClient } from './probe-report.js'

/** What ended a connection without an answer. */
export interface EndedBy {
  /** The code and the message that Node has for it. */
  readonly code: string
  readonly message: string
  /** Whether a byte of an answer had come. */
  readonly hasBegun: boolean
  /** Whether TLS had let the client pass, which only its handshake over TLS 1.2 tells. */
  readonly hasPassed: boolean
}

/** What ended a connection, and what that means. */
export function explainError(
  { code, message, hasBegun, hasPassed }: EndedBy,
  client: ProbeClient,
): Explained {
  if (hasBegun && !code.startsWith('HPE_')) {
    return failed(code, 'an answer began, and broke off', 'look into the log of the server')
  }
  const alert = alertOf(code, message)
  const isUnspoken = unspoken.has(code) || message.includes('unsupported protocol')
  if (alert === 'protocol_version' || isUnspoken) return notSpoken
  if (alert !== undefined) return explainAlert(alert, client)
  if (closings.has(code) && hasPassed) {
    return failed(
      code,
      'TLS let the client pass, and the connection was closed without an answer',
      'look into the log of the application',
    )
  }
  if (closings.has(code)) return explainClosing(code, client)
  return explainFailure(code, message)
}

function explainFailure(code: string, message: string): Explained {
  if (code === 'ABORT_ERR') {
    return failed(code, 'no answer came in time', 'state a longer --timeout')
  }
  if (/wrong version number|packet length too long/u.test(message)) {
    return failed(code, 'what answered is not TLS', 'check the port, and where TLS ends')
  }
  if (code.startsWith('HPE_')) {
    return failed(code, 'what answered is not HTTP/1.1', 'check the port, and what it speaks')
  }
  return failed(code, 'the connection failed', 'look the code up in the documentation of Node')
}

/** Whether this is how servers refuse who has no certificate, or the wrong one. */
export function isOfCertificate({ code }: Pick<Attempt, 'code'>): boolean {
  return code !== null && certificateAlerts.has(code)
}

/** Whether the server closed the connection, of which nobody knows why. */
export function isClosing({ code }: Pick<Attempt, 'code'>): boolean {
  return code !== null && closings.has(code)
}

/** The alert that ended a connection, which Node has in the code or, where that is EPROTO, in the message. */
function alertOf(code: string, message: string): string | undefined {
  const name = /_ALERT_(?<name>[A-Z_]+)$/u.exec(code)?.groups?.['name']?.toLowerCase()
  const number = /SSL alert number (?<number>\d{1,3})/u.exec(message)?.groups?.['number']
  return (
    name ?? (number === undefined ? undefined : (alertNumbers.get(number) ?? `alert ${number}`))
  )
}

/** RFC 8446 §6 and RFC 7301 §3.2. */
const alertNumbers: ReadonlyMap<string, string> = new Map([
  ['40', 'handshake_failure'],
  ['42', 'bad_certificate'],
  ['43', 'unsupported_certificate'],
  ['44', 'certificate_revoked'],
  ['45', 'certificate_expired'],
  ['46', 'certificate_unknown'],
  ['48', 'unknown_ca'],
  ['49', 'access_denied'],
  ['70', 'protocol_version'],
  ['112', 'unrecognized_name'],
  ['116', 'certificate_required'],
  ['120', 'no_application_protocol'],
])

const unspoken: ReadonlySet<string> = new Set([
  'ERR_SSL_NO_PROTOCOLS_AVAILABLE',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
])

const closings: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE'])

export const notSpoken: Explained = {
  outcome: 'not-spoken',
  layer: 'tls',
  code: null,
  cause: 'the server does not speak this version of TLS',
  remedy: null,
}

function failed(code: string, cause: string, remedy: string): Explained {
  return { outcome: 'failed', layer: 'network', code, cause, remedy }
}

function refused(code: string, cause: string, remedy: string | null): Explained {
  return { outcome: 'refused', layer: 'tls', code, cause, remedy }
}

function explainAlert(alert: string, client: ProbeClient): Explained {
  // TLS 1.2 has no alert of its own for it, and servers in Go say that it is a bad one.
  if (client === 'nobody' && vague.has(alert)) return refused(alert, demanded, null)
  const [cause, remedy] = alerts.get(alert) ?? otherAlert
  return refused(alert, cause, client === 'own' ? remedy : null)
}

const certificateAlerts: ReadonlySet<string> = new Set([
  'access_denied',
  'bad_certificate',
  'certificate_required',
  'certificate_unknown',
  'handshake_failure',
  'unknown_ca',
])

const vague: ReadonlySet<string> = new Set([
  'bad_certificate',
  'certificate_required',
  'handshake_failure',
])

const otherAlert: Meaning = ['the server ended the handshake', 'look into the log of the server']

const alerts: ReadonlyMap<string, Meaning> = new Map([
  ['access_denied', distrusted],
  ['bad_certificate', distrusted],
  ['certificate_unknown', distrusted],
  ['unknown_ca', distrusted],
  [
    'certificate_expired',
    ['to the server the certificate is not valid now', 'renew it, and compare the clocks'],
  ],
  ['certificate_required', [demanded, 'give one by --cert and --key']],
  [
    'certificate_revoked',
    ['the server knows the certificate as revoked', 'get a new one with a new key'],
  ],
  [
    'handshake_failure',
    [
      'the server found no terms in common',
      'compare cipher suites and the type of key with the server',
    ],
  ],
  [
    'no_application_protocol',
    ['the server does not speak HTTP/1.1 here', 'probe a port that does'],
  ],
  [
    'unrecognized_name',
    ['the server is not the host that was asked for', 'state a name that it bears by --servername'],
  ],
  [
    'unsupported_certificate',
    [
      'the server does not take this kind of certificate',
      'issue it with the extended key usage clientAuth',
    ],
  ],
])

function explainClosing(code: string, client: ProbeClient): Explained {
  if (client === 'nobody') {
    return refused(
      code,
      'the server closed the connection, as many do that demand a certificate',
      null,
    )
  }
  const cause =
    'the server closed the connection without a word, as many do that refuse a certificate'
  const remedy =
    'look into the log of the server for the reason: its CAs, an end, a revocation, a missing intermediate'
  return refused(code, cause, client === 'own' ? remedy : null)
}
