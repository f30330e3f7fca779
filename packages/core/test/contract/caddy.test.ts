import { caddy } from '@peergate/core'
import t from 'tap'
import {
  asserted,
  base64Of,
  bytesOf,
  malformed,
  missing,
  readEach,
  verified,
} from '../support/forwarded.js'
import { caddyTest, haproxyHostile } from '../support/recorded-headers.js'

const header = 'x-client-cert-der'
const contract = caddy({ certificate: 'X-Client-Cert-Der', proxyVerifies: true })
const none = missing('x-client-cert-der says that the client has no certificate')
const noBase64 = malformed('x-client-cert-der must be canonical base64')

void t.test('reads the certificate, and takes the operator’s word for it', (t) => {
  t.same(contract.headers, [{ name: header }])
  readEach(t, contract, [
    ['of Caddy’s test', { [header]: caddyTest.text }, verified(caddyTest)],
    ['a hostile one', { [header]: haproxyHostile.text }, verified(haproxyHostile)],
  ])
  readEach(t, caddy({ certificate: header, proxyVerifies: false }), [
    ['of a Caddy that does not verify', { [header]: caddyTest.text }, asserted(caddyTest)],
  ])
  t.end()
})

void t.test('takes the placeholder of old releases for no certificate', (t) => {
  readEach(t, contract, [
    // captured from Caddy 2.6.2
    ['the placeholder', { [header]: '{http.request.tls.client.certificate_der_base64}' }, none],
    ['empty, from 2.11.2', { [header]: '' }, none],
    ['nothing', {}, missing('the proxy sent no x-client-cert-der')],
    ['another placeholder', { [header]: '{http.request.tls.client.subject}' }, noBase64],
    ['a misspelt one', { [header]: '{tls_client_certificate_der_base64}' }, noBase64],
    [
      'one inside a value',
      { [header]: '{http.request.tls.client.certificate_der_base64} ' },
      noBase64,
    ],
    ['<nil>', { [header]: '<nil>' }, noBase64],
  ])
  t.end()
})

void t.test('refuses what is not base64 of one certificate', (t) => {
  const { text } = caddyTest
  const noDer = malformed('x-client-cert-der must hold whole certificates in DER')
  const der = bytesOf(text)
  const long = Uint8Array.of(0x30, 0x82, 0x3f, 0xfd, ...new Uint8Array(16_381))
  readEach(
    t,
    contract,
    (
      [
        ['spoofed', 'spoofed', noBase64],
        ['base64url', text.replaceAll('+', '-'), noBase64],
        ['no padding', text.replace(/=+$/u, ''), noBase64],
        ['a blank', `${text.slice(0, 64)} ${text.slice(64)}`, noBase64],
        ['junk', `${text.slice(0, 64)}!${text.slice(64)}`, noBase64],
        ['bits behind the last byte', text.replace('g=', 'h='), noBase64],
        ['nothing but padding', '=', noBase64],
        [
          'a zero behind it',
          base64Of(der, Uint8Array.of(0)),
          malformed('x-client-cert-der must hold one certificate and nothing behind it'),
        ],
        ['the end missing', base64Of(der.subarray(0, -1)), noDer],
        ['PEM', base64Of(Buffer.from('-----BEGIN CERTIFICATE-----')), noDer],
        ['an indefinite length', base64Of(Uint8Array.of(0x30, 0x80, 0, 0)), noDer],
        ['a length in too many bytes', base64Of(Uint8Array.of(0x30, 0x81, 1, 0)), noDer],
        [
          'more than 16 KiB',
          base64Of(long),
          malformed('x-client-cert-der must hold certificates of at most 16384 bytes'),
        ],
      ] as const
    ).map(([rule, value, reading]) => [rule, { [header]: value }, reading] as const),
  )
  t.end()
})
