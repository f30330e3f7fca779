import { customContract } from '@peergate/core'
import type { CertificateEncoding } from '@peergate/core'
import t from 'tap'
import {
  asserted,
  base64Of,
  bytesOf,
  malformed,
  missing,
  readEach,
  unverified,
  verified,
} from '../support/forwarded.js'
import type { SentHeaders } from '../support/forwarded.js'
import {
  albEscaped,
  albPlus,
  apacheMinimal,
  haproxyChain,
  haproxyHostile,
  rfcChain,
  rfcLeaf,
} from '../support/recorded-headers.js'

const verify = { header: 'X-Edge-Verify', success: 'ok', absent: 'none' }

function edge(encoding: CertificateEncoding): Parameters<typeof customContract>[0] {
  return {
    name: 'edge',
    certificate: { header: 'X-Edge-Cert', encoding },
    chain: { header: 'X-Edge-Chain', encoding },
    verify,
  }
}

const encodings = [
  ['percent-pem', albPlus, albEscaped.text + albPlus.text, [albEscaped, albPlus], albPlus.text],
  [
    'spaced-pem',
    apacheMinimal,
    apacheMinimal.text.repeat(2),
    [apacheMinimal, apacheMinimal],
    apacheMinimal.text,
  ],
  [
    'base64-der',
    haproxyHostile,
    base64Of(bytesOf(haproxyChain.text), bytesOf(rfcLeaf.text)),
    [haproxyChain, rfcLeaf],
    base64Of(bytesOf(haproxyChain.text)),
  ],
  ['structured-field', { ...rfcLeaf, text: `:${rfcLeaf.text}:` }, rfcChain.text, [rfcChain], ''],
] as const

for (const [encoding, leaf, chainText, chain] of encodings) {
  void t.test(`reads ${encoding}`, (t) => {
    const sent = { 'x-edge-cert': leaf.text, 'x-edge-verify': 'ok' }
    const fingerprints = chain.flatMap((recorded) => recorded.fingerprints)
    readEach(t, customContract(edge(encoding)), [
      ['a leaf', sent, verified(leaf)],
      ['a chain', { ...sent, 'x-edge-chain': chainText }, verified(leaf, fingerprints)],
    ])
    t.end()
  })
}

void t.test('knows one certificate from several, and a chain that is too long', (t) => {
  const ok = { 'x-edge-verify': 'ok' }
  const rows: readonly (readonly [CertificateEncoding, SentHeaders, string])[] = [
    [
      'percent-pem',
      { 'x-edge-cert': albPlus.text + albEscaped.text },
      'x-edge-cert must hold one certificate alone',
    ],
    [
      'spaced-pem',
      { 'x-edge-cert': apacheMinimal.text.repeat(2) },
      'x-edge-cert must hold one certificate alone',
    ],
    [
      'base64-der',
      { 'x-edge-cert': base64Of(bytesOf(rfcLeaf.text), bytesOf(rfcLeaf.text)) },
      'x-edge-cert must hold one certificate and nothing behind it',
    ],
    [
      'structured-field',
      { 'x-edge-cert': rfcChain.text },
      'x-edge-cert must be base64 between two colons',
    ],
    [
      'percent-pem',
      { 'x-edge-cert': albEscaped.text, 'x-edge-chain': albEscaped.text.repeat(11) },
      'x-edge-chain must hold at most 10 certificates of a chain',
    ],
  ]
  for (const [encoding, sent, fault] of rows) {
    readEach(t, customContract(edge(encoding)), [[encoding, { ...ok, ...sent }, malformed(fault)]])
  }
  t.end()
})

void t.test('believes the verdict that was agreed upon, or the operator', (t) => {
  const certificate = { header: 'X-Edge-Cert', encoding: 'base64-der' } as const
  const sent = { 'x-edge-cert': rfcLeaf.text }
  const said = missing('x-edge-verify says that the client has no certificate')
  const refused = unverified('x-edge-verify must be exactly ok')
  readEach(t, customContract({ name: 'edge', certificate, verify }), [
    ['success', { ...sent, 'x-edge-verify': 'ok' }, verified(rfcLeaf)],
    ['in another case', { ...sent, 'x-edge-verify': 'OK' }, refused],
    ['absent beside a certificate', { ...sent, 'x-edge-verify': 'none' }, refused],
    ['no verdict', sent, refused],
    ['absent', { 'x-edge-verify': 'none' }, said],
    ['nothing', {}, missing('the proxy sent no x-edge-verify or x-edge-cert')],
    ['a failure without a certificate', { 'x-edge-verify': 'bad' }, refused],
    [
      'success without a certificate',
      { 'x-edge-verify': 'ok' },
      malformed('x-edge-cert is missing, although the client has one'),
    ],
  ])
  const strict = { header: 'X-Edge-Verify', success: 'ok' }
  readEach(t, customContract({ name: 'edge', certificate, verify: strict }), [
    ['a word for absence that was not agreed upon', { 'x-edge-verify': 'none' }, refused],
    ['an empty verdict', { 'x-edge-verify': '' }, said],
  ])
  readEach(t, customContract({ name: 'edge', certificate, proxyVerifies: true }), [
    ['a proxy that verifies', sent, verified(rfcLeaf)],
  ])
  readEach(t, customContract({ name: 'edge', certificate, proxyVerifies: false }), [
    ['a proxy that does not', sent, asserted(rfcLeaf)],
  ])
  t.equal(customContract({ name: 'edge-2', certificate, proxyVerifies: true }).name, 'edge-2')
  t.end()
})
