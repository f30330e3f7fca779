import { explainFailure } from '#client/explain-failure.js'
import { PeerGateError } from '@peergate/core'
import type { Upstream } from '@peergate/core'
import t from 'tap'

const configured: Upstream = {
  target: 'api.example:443',
  servername: 'api.example',
  certificate: 'configured',
}
const withheld: Upstream = { ...configured, certificate: 'withheld' }

/** As OpenSSL words an alert, whatever the version of it. */
function alert(number: number, code = 'ERR_SSL_SSL/TLS_ALERT_X'): Error {
  const message = `error:0A000000:SSL routines:ssl3_read_bytes:alert:rec_layer_s3.c:1:SSL alert number ${number}`
  return Object.assign(new Error(message), { code })
}

function coded(code: string): Error {
  return Object.assign(new Error('it failed'), { code })
}

const rows: readonly (readonly [
  failure: string,
  error: unknown,
  upstream: Upstream,
  code: string,
])[] = [
  ['handshake_failure', alert(40), configured, 'ERR_PEERGATE_HANDSHAKE_FAILED'],
  [
    'handshake_failure without a certificate',
    alert(40),
    withheld,
    'ERR_PEERGATE_CERTIFICATE_MISSING',
  ],
  ['an alert in EPROTO', alert(40, 'EPROTO'), withheld, 'ERR_PEERGATE_CERTIFICATE_MISSING'],
  ['bad_certificate', alert(42), configured, 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED'],
  ['bad_certificate without one', alert(42), withheld, 'ERR_PEERGATE_CERTIFICATE_MISSING'],
  ['unsupported_certificate', alert(43), configured, 'ERR_PEERGATE_CERTIFICATE_PURPOSE_WRONG'],
  ['certificate_revoked', alert(44), configured, 'ERR_PEERGATE_CERTIFICATE_REVOKED'],
  ['certificate_expired', alert(45), configured, 'ERR_PEERGATE_CERTIFICATE_EXPIRED'],
  ['unknown_ca', alert(48), configured, 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED'],
  ['protocol_version', alert(70), configured, 'ERR_PEERGATE_PROTOCOL_UNSUPPORTED'],
  ['unrecognized_name', alert(112), configured, 'ERR_PEERGATE_HOST_UNKNOWN'],
  ['certificate_required', alert(116), withheld, 'ERR_PEERGATE_CERTIFICATE_MISSING'],
  [
    'protocol_version without a certificate',
    alert(70),
    withheld,
    'ERR_PEERGATE_PROTOCOL_UNSUPPORTED',
  ],
  ['an alert that is not listed', alert(80), configured, 'ERR_PEERGATE_HANDSHAKE_FAILED'],
  [
    'another name',
    coded('ERR_TLS_CERT_ALTNAME_INVALID'),
    configured,
    'ERR_PEERGATE_SERVER_MISMATCH',
  ],
  ['an expired server', coded('CERT_HAS_EXPIRED'), configured, 'ERR_PEERGATE_SERVER_UNTRUSTED'],
  ['an unknown host', coded('ENOTFOUND'), configured, 'ERR_PEERGATE_SERVER_UNREACHABLE'],
  ['a fault of the protocol', coded('EPROTO'), configured, 'ERR_PEERGATE_HANDSHAKE_FAILED'],
  [
    'a fault of OpenSSL',
    coded('ERR_SSL_INTERNAL_ERROR'),
    configured,
    'ERR_PEERGATE_HANDSHAKE_FAILED',
  ],
  [
    'what another error was caused by',
    new TypeError('fetch failed', { cause: alert(45) }),
    configured,
    'ERR_PEERGATE_CERTIFICATE_EXPIRED',
  ],
]

for (const [failure, error, upstream, code] of rows) {
  t.test(`explains ${failure}`, async (t) => {
    const explained = explainFailure(error, { upstream, wasUsed: false })
    t.ok(explained instanceof PeerGateError)
    t.match(explained, { code, statusCode: 502, upstream, cause: error })
    t.match((explained as PeerGateError).detail, /^api\.example:443: .+; .+/u)
  })
}

t.test('a connection that was in use is lost, and was not refused', async (t) => {
  for (const wasUsed of [true, false]) {
    const { code } = explainFailure(coded('ECONNRESET'), {
      upstream: configured,
      wasUsed,
    }) as PeerGateError
    t.equal(code, `ERR_PEERGATE_${wasUsed ? 'SERVER_UNREACHABLE' : 'HANDSHAKE_FAILED'}`)
  }
})

t.test('gives back what it cannot explain, and what is explained', async (t) => {
  const call = { upstream: configured, wasUsed: false }
  const loop: { cause?: unknown } = {}
  loop.cause = loop
  for (const error of [new Error('mine'), 'text', null, undefined, loop]) {
    t.equal(explainFailure(error, call), error)
  }
  const explained = explainFailure(alert(45), call)
  t.equal(explainFailure(explained, call), explained)
  t.equal(explainFailure(new TypeError('fetch failed', { cause: explained }), call), explained)
})
