import { readFileSync } from 'node:fs'
import t from 'tap'
import { explainFailure, explainVerdict } from '#core/tls/explanation.js'
import { failures } from '#core/tls/failure-table.js'

const page = new URL('../../../../../docs/refusals.md', import.meta.url)

t.test('explains every reason by one entry', (t) => {
  const reasons = failures.flatMap((failure) => failure.reasons)
  t.equal(new Set(reasons).size, reasons.length)
  for (const failure of failures) {
    for (const reason of failure.reasons) {
      const name = reason.replace('*', 'ERR_SSL')
      t.equal(explainFailure(name), failure, name)
      t.equal(explainVerdict(name), failure, name)
      t.match(reason, /^(?:\*_)?[A-Z\d_]+$/u)
    }
    for (const clause of [failure.cause, failure.remedy]) t.notMatch(clause, /[.;:|]$|\n/u)
  }
  t.end()
})

t.test('knows the names of both OpenSSL 3.0 and 3.5', (t) => {
  for (const [older, newer] of [
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'ERR_SSL_SSL/TLS_ALERT_UNKNOWN_CA'],
    ['ERR_SSL_EVP_LIB', 'ERR_SSL_PROVIDER_SIGNATURE_FAILURE'],
  ] as const) {
    const explanation = explainFailure(older)
    t.equal(explainFailure(newer), explanation, newer)
    t.ok(failures.some((failure) => failure === explanation))
  }
  t.end()
})

t.test('takes no part of a name for the name', (t) => {
  for (const reason of ['CERT_HAS_EXPIRED_NOT', 'NOT_CERT_HAS_EXPIRED', 'HTTP_REQUEST', '']) {
    t.equal(explainFailure(reason).code, 'ERR_PEERGATE_HANDSHAKE_FAILED', reason)
    t.equal(explainVerdict(reason).code, 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED', reason)
  }
  t.end()
})

t.test('docs/refusals.md shows the table', (t) => {
  const [, reasons = ''] = readFileSync(page, 'utf8').split('## Reasons')
  const rows = reasons
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    )
  const expected = failures.map(({ reasons, code, cause, remedy }) => [
    reasons.map((reason) => `\`${reason}\``).join(', '),
    `[${code}](errors/${code}.md)`,
    cause,
    remedy,
  ])
  t.strictSame(rows, expected)
  t.end()
})
