import { explainError } from '#cli/probe/explain-error.js'
import t from 'tap'

const ended = { code: '', message: '', hasBegun: false, hasPassed: false }

const table: readonly (readonly [string, string, object])[] = [
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', '', { outcome: 'refused', code: 'bad_certificate' }],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', '', { code: 'unknown_ca', cause: /does not trust/u }],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', '', { cause: /not valid now/u, remedy: /renew it/u }],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED', '', { cause: /revoked/u }],
  ['ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE', '', { remedy: /clientAuth/u }],
  ['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', '', { remedy: /probe a port that does/u }],
  ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'SSL alert number 112', { code: 'unrecognized_name' }],
  ['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', '', { remedy: 'look into the log of the server' }],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', '', { outcome: 'not-spoken', code: null }],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', '', { outcome: 'not-spoken' }],
  ['EPROTO', 'error: SSL alert number 40\n', { code: 'handshake_failure', outcome: 'refused' }],
  ['EPROTO', 'error: SSL alert number 71\n', { code: 'alert 71', outcome: 'refused' }],
  ['EPROTO', 'error:wrong version number', { outcome: 'failed', cause: /is not TLS/u }],
  ['ECONNRESET', '', { outcome: 'refused', remedy: /look into the log/u }],
  ['ABORT_ERR', '', { outcome: 'failed', layer: 'network' }],
  ['HPE_INVALID_CONSTANT', '', { outcome: 'failed', cause: /not HTTP\/1\.1/u }],
  ['EWHATEVER', '', { outcome: 'failed', code: 'EWHATEVER', remedy: /documentation of Node/u }],
]

for (const [code, message, expected] of table) {
  t.test(`explains ${code} ${message.trim()}`, async (t) => {
    t.match(explainError({ ...ended, code, message }, 'own'), expected)
  })
}

t.test('has advice for nobody but the caller', async (t) => {
  const error = { ...ended, code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' }
  for (const client of ['nobody', 'stranger', 'rogue'] as const) {
    t.match(explainError(error, client), { outcome: 'refused', remedy: null })
    t.match(explainError({ ...ended, code: 'ECONNRESET' }, client), { remedy: null })
  }
  t.match(explainError({ ...ended, code: 'ECONNRESET' }, 'nobody'), { cause: /demand/u })
  const vague = { ...ended, code: 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE' }
  t.match(explainError(vague, 'nobody'), { cause: 'the server demands a certificate' })
})

t.test(
  'takes no close for a refusal where TLS had let the client pass, or an answer had begun',
  async (t) => {
    const closed = { ...ended, code: 'ECONNRESET' }
    t.match(explainError({ ...closed, hasPassed: true }, 'nobody'), {
      outcome: 'failed',
      layer: 'network',
    })
    t.match(explainError({ ...closed, hasBegun: true }, 'nobody'), {
      outcome: 'failed',
      cause: 'an answer began, and broke off',
    })
  },
)
