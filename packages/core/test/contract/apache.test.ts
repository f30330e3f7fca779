import { apache } from '@peergate/core'
import t from 'tap'
import { malformed, missing, readEach, unverified, verified } from '../support/forwarded.js'
import { apacheMinimal } from '../support/recorded-headers.js'

const contract = apache({
  certificate: 'X-SSL-Client-Cert',
  verify: 'X-SSL-Client-Verify',
  session: 'X-SSL-Client-Session',
})
const certificate = 'x-ssl-client-cert'
const verify = 'x-ssl-client-verify'
const session = 'x-ssl-client-session'
const fresh = { [session]: 'TLSv1.3 Initial' }
const success = { ...fresh, [verify]: 'SUCCESS' }
const { text } = apacheMinimal
const trimmed = text.trimEnd()

const none = missing('x-ssl-client-verify says that the client has no certificate')
const refused = unverified('x-ssl-client-verify must be exactly SUCCESS')

void t.test('reads the certificate that httpd verified', (t) => {
  t.same(contract.headers, [{ name: certificate }, { name: verify }, { name: session }])
  readEach(t, contract, [
    ['as it was sent', { ...success, [certificate]: text }, verified(apacheMinimal)],
    ['as Node trims it', { ...success, [certificate]: trimmed }, verified(apacheMinimal)],
  ])
  t.end()
})

void t.test('tells no certificate from one that httpd did not verify', (t) => {
  readEach(t, contract, [
    // captured from httpd 2.4.71
    ['NONE', { [verify]: 'NONE', [certificate]: '(null)' }, none],
    ['a host without TLS', { [verify]: '(null)', [certificate]: '(null)' }, none],
    [
      'nothing',
      {},
      missing('the proxy sent no x-ssl-client-verify or x-ssl-client-session or x-ssl-client-cert'),
    ],
    ...['GENEROUS', 'FAILED:self-signed certificate', 'NONE', '(null)', 'success', ''].map(
      (verdict) => [verdict, { [verify]: verdict, [certificate]: trimmed }, refused] as const,
    ),
    ['a certificate alone', { [certificate]: trimmed }, refused],
    ['GENEROUS without a certificate', { [verify]: 'GENEROUS', [certificate]: '(null)' }, refused],
    [
      'success without a certificate',
      { ...success, [certificate]: '(null)' },
      malformed('x-ssl-client-cert is missing, although the client has one'),
    ],
  ])
  t.end()
})

void t.test('refuses what is not one certificate with a space for each line end', (t) => {
  const noSpacedPem = 'must hold PEM certificates, with one space for each line end'
  const rows = [
    ['what a client wrote', 'spoofed', noSpacedPem],
    ['two spaces', trimmed.replace(' MII', '  MII'), noSpacedPem],
    ['a tab', trimmed.replace(' MII', '\tMII'), noSpacedPem],
    ['line ends', trimmed.replaceAll(/(?<!N|D) /gu, '\n'), noSpacedPem],
    ['spaces lost', trimmed.replaceAll(' ', ''), noSpacedPem],
    ['a line of 65', trimmed.replace(/ (\S{64}) (\S)/u, ' $1$2 '), noSpacedPem],
    ['another label', trimmed.replaceAll('CERTIFICATE', 'X509 CRL'), noSpacedPem],
    ['text before', `x ${trimmed}`, noSpacedPem],
    ['text behind', `${trimmed} x`, noSpacedPem],
    ['two certificates', text + text, 'must hold one certificate alone'],
    ['a damaged end', trimmed.replace('== ', '= '), 'must hold well-formed PEM'],
    ['escapes', encodeURIComponent(trimmed), noSpacedPem],
  ] as const
  readEach(
    t,
    contract,
    rows.map(([rule, sent, fault]) => [
      rule,
      { ...success, [certificate]: sent },
      malformed(`x-ssl-client-cert ${fault}`),
    ]),
  )
  t.end()
})

void t.test('takes no resumed session of TLS 1.2 for verified', (t) => {
  const wrong = unverified(
    'x-ssl-client-session must be exactly TLSv1.2 Initial or TLSv1.3 Initial or TLSv1.3 Resumed',
  )
  const sent = { ...success, [certificate]: trimmed }
  const nobody = { [verify]: 'NONE', [certificate]: '(null)' }
  readEach(t, contract, [
    ['TLS 1.2', { ...sent, [session]: 'TLSv1.2 Initial' }, verified(apacheMinimal)],
    ['TLS 1.3', { ...sent, [session]: 'TLSv1.3 Initial' }, verified(apacheMinimal)],
    ['TLS 1.3, resumed', { ...sent, [session]: 'TLSv1.3 Resumed' }, verified(apacheMinimal)],
    ['TLS 1.2, resumed', { ...sent, [session]: 'TLSv1.2 Resumed' }, wrong],
    ['another protocol', { ...sent, [session]: 'TLSv1.1 Initial' }, wrong],
    ['no session', { ...sent, [session]: '' }, wrong],
    ['no variables', { ...sent, [session]: '(null) (null)' }, wrong],
    ['no certificate', { ...nobody, [session]: 'TLSv1.2 Resumed' }, none],
    ['no TLS', { ...nobody, [session]: '(null) (null)' }, none],
  ])
  t.end()
})
