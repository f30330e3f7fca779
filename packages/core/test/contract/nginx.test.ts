import { nginx } from '@peergate/core'
import t from 'tap'
import { malformed, missing, readEach, unverified, verified } from '../support/forwarded.js'
import { nginxHostile, nginxMinimal } from '../support/recorded-headers.js'

const contract = nginx({ certificate: 'X-SSL-Client-Cert', verify: 'X-SSL-Client-Verify' })
const certificate = 'x-ssl-client-cert'
const verify = 'x-ssl-client-verify'
const success = { [verify]: 'SUCCESS' }
const { text } = nginxMinimal

const none = missing('x-ssl-client-verify says that the client has no certificate')
const refused = unverified('x-ssl-client-verify must be exactly SUCCESS')
const lost = malformed('x-ssl-client-cert is missing, although the client has one')
const noPem = malformed('x-ssl-client-cert must hold PEM certificates and nothing else')
const noPercent = malformed(
  'x-ssl-client-cert must be percent-encoded ASCII, each % with two hexadecimal digits',
)

void t.test('names what it reads, in lower case', (t) => {
  t.equal(contract.name, 'nginx')
  t.equal(contract.yields, 'certificate')
  const before = ['host', 'connection']
  t.same(contract.headers, [
    { name: certificate, before },
    { name: verify, before },
  ])
  t.end()
})

void t.test('reads the certificate that nginx verified', (t) => {
  readEach(t, contract, [
    ['a minimal one', { ...success, [certificate]: text }, verified(nginxMinimal)],
    ['a hostile one', { ...success, [certificate]: nginxHostile.text }, verified(nginxHostile)],
    [
      'a literal plus',
      { ...success, [certificate]: text.replaceAll('%2B', '+') },
      verified(nginxMinimal),
    ],
    [
      'escapes in lower case',
      { ...success, [certificate]: text.replaceAll('%0A', '%0a') },
      verified(nginxMinimal),
    ],
  ])
  t.end()
})

void t.test('tells no certificate from one that nginx did not verify', (t) => {
  readEach(t, contract, [
    ['NONE', { [verify]: 'NONE' }, none],
    ['NONE and an empty certificate', { [verify]: 'NONE', [certificate]: '' }, none],
    ['an empty verdict', { [verify]: '' }, none],
    ['nothing', {}, missing('the proxy sent no x-ssl-client-verify or x-ssl-client-cert')],
    // nginx-tests: ssl_verify_client.t, ssl_crl.t, ssl_ocsp.t
    ...[
      'FAILED:self-signed certificate',
      'FAILED:self-signed certificate in certificate chain',
      'FAILED:unable to get certificate CRL',
      'FAILED:certificate status request failed',
      'FAILED:certificate has expired',
      'NONE',
      'success',
      'SUCCESS:',
      'SUCCESS, SUCCESS',
      '0',
      '',
    ].map((verdict) => [verdict, { [verify]: verdict, [certificate]: text }, refused] as const),
    ['a certificate alone', { [certificate]: text }, refused],
    ['a failure without a certificate', { [verify]: 'FAILED:certificate revoked' }, refused],
    ['success without a certificate', success, lost],
    ['success with an empty certificate', { ...success, [certificate]: '' }, lost],
  ])
  t.end()
})

void t.test('refuses what is not one escaped certificate', (t) => {
  const rows = [
    ['what a client wrote', 'spoofed', noPem],
    ['a wrong escape', `${text}%GG`, noPercent],
    ['wrong escapes', '%ZZ%invalid', noPercent],
    ['a cut escape', `${text}%4`, noPercent],
    ['a lone percent', `%${text}`, noPercent],
    ['a byte that is not ASCII', text.replace('%0A', '%8A'), noPercent],
    ['a space', text.replace('BEGIN%20', 'BEGIN '), noPercent],
    ['a plus for a space', text.replaceAll('%20', '+'), noPem],
    // captured from nginx 1.22.1, `$ssl_client_cert`
    ['line ends', '-----BEGIN CERTIFICATE-----\n\tMIIB\n\t-----END CERTIFICATE-----', noPercent],
    [
      'two certificates',
      text + nginxHostile.text,
      malformed('x-ssl-client-cert must hold one certificate alone'),
    ],
    ['text before', `x${text}`, noPem],
    ['text behind', `${text}x`, noPem],
    ['a key', text.replaceAll('CERTIFICATE', 'PRIVATE%20KEY'), noPem],
  ] as const
  readEach(
    t,
    contract,
    rows.map(([rule, sent, reading]) => [rule, { ...success, [certificate]: sent }, reading]),
  )
  t.end()
})
