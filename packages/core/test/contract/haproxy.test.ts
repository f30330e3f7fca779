import { haproxy } from '@peergate/core'
import t from 'tap'
import {
  base64Of,
  bytesOf,
  malformed,
  missing,
  readEach,
  unverified,
  verified,
} from '../support/forwarded.js'
import {
  caddyTest,
  haproxyChain,
  haproxyHostile,
  haproxySelfSigned,
} from '../support/recorded-headers.js'

const names = {
  certificate: 'X-SSL-Client-Cert',
  used: 'X-SSL-Client-Used',
  verify: 'X-SSL-Client-Verify',
}
const contract = haproxy({ ...names, chain: 'X-SSL-Client-Chain' })
const certificate = 'x-ssl-client-cert'
const used = 'x-ssl-client-used'
const verify = 'x-ssl-client-verify'
const chain = 'x-ssl-client-chain'
const sound = { [used]: '1', [verify]: '0', [certificate]: haproxyHostile.text }

const none = missing('x-ssl-client-used says that the client has no certificate')
const unused = unverified('x-ssl-client-used must be exactly 1')
const bad = unverified('x-ssl-client-verify must be exactly 0')
const issuer = bytesOf(haproxyChain.text)

void t.test('reads the certificate that HAProxy verified', (t) => {
  t.same(
    haproxy(names).headers.map(({ name }) => name),
    [certificate, used, verify],
  )
  readEach(t, haproxy(names), [['without a chain', sound, verified(haproxyHostile)]])
  readEach(t, contract, [
    [
      'in a full handshake',
      { ...sound, [chain]: haproxyChain.text },
      verified(haproxyHostile, haproxyChain.fingerprints),
    ],
    ['in a resumed session', { ...sound, [chain]: '' }, verified(haproxyHostile)],
    [
      'with two certificates in the chain',
      { ...sound, [chain]: base64Of(issuer, bytesOf(caddyTest.text)) },
      verified(haproxyHostile, [...haproxyChain.fingerprints, ...caddyTest.fingerprints]),
    ],
  ])
  t.end()
})

void t.test('tells no certificate from one that HAProxy did not verify', (t) => {
  const empty = { [certificate]: '', [chain]: '' }
  readEach(t, contract, [
    // captured from HAProxy 2.6.12
    ['verify optional', { [used]: '0', [verify]: '0', ...empty }, none],
    ['a listener without TLS', { [used]: '', [verify]: '', ...empty }, none],
    [
      'nothing',
      {},
      missing('the proxy sent no x-ssl-client-used or x-ssl-client-verify or x-ssl-client-cert'),
    ],
    [
      'self-signed',
      { [used]: '1', [verify]: '18', [certificate]: haproxySelfSigned.text, [chain]: '' },
      bad,
    ],
    ['verify that only begins with 0', { ...sound, [verify]: '00' }, bad],
    ['verify of two proxies', { ...sound, [verify]: '0, 0' }, bad],
    ['verify as nginx writes it', { ...sound, [verify]: 'SUCCESS' }, bad],
    ['no verify', { [used]: '1', [certificate]: haproxyHostile.text }, bad],
    ['not used', { ...sound, [used]: '0' }, unused],
    ['no used', { [verify]: '0', [certificate]: haproxyHostile.text }, unused],
    ['used of two proxies', { ...sound, [used]: 'spoofed, 1' }, unused],
    ['a certificate alone', { [certificate]: haproxyHostile.text }, unused],
    // captured: set-header … if { ssl_c_used } leaves the headers of a client without certificate
    ['what a client wrote', { [certificate]: 'spoofed', [verify]: 'SUCCESS' }, unused],
    ['a failure without a certificate', { [used]: '0', [verify]: '10', ...empty }, unused],
    [
      'used without a certificate',
      { [used]: '1', [verify]: '0', ...empty },
      malformed('x-ssl-client-cert is missing, although the client has one'),
    ],
    [
      'a chain without a certificate',
      { [used]: '0', [verify]: '0', [certificate]: '', [chain]: haproxyChain.text },
      malformed('x-ssl-client-chain must not be sent without x-ssl-client-cert'),
    ],
  ])
  t.end()
})

void t.test('refuses what is not base64 of certificates', (t) => {
  const noDer = 'must hold whole certificates in DER'
  const cases = [
    [certificate, 'quoted by {+Q}', `"${haproxyHostile.text}"`, 'must be canonical base64'],
    [certificate, 'spoofed', 'spoofed', 'must be canonical base64'],
    [
      certificate,
      'a chain',
      base64Of(bytesOf(haproxyHostile.text), issuer),
      'must hold one certificate and nothing behind it',
    ],
    [chain, 'a cut chain', base64Of(issuer, issuer.subarray(0, 400)), noDer],
    [chain, 'a chain with a zero behind it', base64Of(issuer, Uint8Array.of(0)), noDer],
    [chain, 'a chain that is none', 'AAAA', noDer],
    [
      chain,
      'a chain of 11',
      base64Of(...Array<Uint8Array>(11).fill(issuer)),
      'must hold at most 10 certificates of a chain',
    ],
  ] as const
  readEach(
    t,
    contract,
    cases.map(([header, rule, value, fault]) => [
      rule,
      { ...sound, [header]: value },
      malformed(`${header} ${fault}`),
    ]),
  )
  t.end()
})
