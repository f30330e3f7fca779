import { akamai, rfc9440 } from '@peergate/core'
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
import { rfcChain, rfcLeaf } from '../support/recorded-headers.js'

const contract = rfc9440({ proxyVerifies: true })
const item = `:${rfcLeaf.text}:`
const [issuer = '', root = ''] = rfcChain.text.split(', ')
const { fingerprints } = rfcChain

void t.test('reads a certificate and its chain', (t) => {
  t.same(contract.headers, [{ name: 'client-cert' }, { name: 'client-cert-chain', isList: true }])
  const sent = { 'client-cert': item }
  readEach(t, contract, [
    ['a leaf', sent, verified(rfcLeaf)],
    ['a chain', { ...sent, 'client-cert-chain': rfcChain.text }, verified(rfcLeaf, fingerprints)],
    [
      'a chain without blanks',
      { ...sent, 'client-cert-chain': `${issuer},${root}` },
      verified(rfcLeaf, fingerprints),
    ],
    [
      'a chain with other blanks',
      { ...sent, 'client-cert-chain': `${issuer} \t,\t ${root}` },
      verified(rfcLeaf, fingerprints),
    ],
    [
      'a chain in lines',
      { ...sent, 'client-cert-chain': [issuer, root] },
      verified(rfcLeaf, fingerprints),
    ],
    ['an empty chain', { ...sent, 'client-cert-chain': '' }, verified(rfcLeaf)],
    ['nobody', {}, missing('the proxy sent no client-cert')],
    [
      'nobody, said so',
      { 'client-cert': '' },
      missing('client-cert says that the client has no certificate'),
    ],
  ])
  readEach(t, rfc9440({ proxyVerifies: false }), [
    ['of a proxy that does not verify', sent, asserted(rfcLeaf)],
  ])
  t.end()
})

void t.test('refuses what RFC 9440 does not allow', (t) => {
  const colons = 'must be base64 between two colons'
  const bad = 'must be canonical base64'
  const leaves = [
    ['a list', `${item}, ${issuer}`, colons],
    ['parameters', `${item};a=1`, colons],
    ['no colons', rfcLeaf.text, colons],
    ['one colon', `:${rfcLeaf.text}`, colons],
    ['a string', `"${rfcLeaf.text}"`, colons],
    [
      'two certificates',
      `:${base64Of(bytesOf(rfcLeaf.text), bytesOf(issuer.slice(1)))}:`,
      'must hold one certificate and nothing behind it',
    ],
    // httpwg/structured-field-tests, binary.json
    ['empty binary', '::', 'must not be empty base64'],
    ['padding at beginning', ':=aGVsbG8=:', bad],
    ['padding in middle', ':a=GVsbG8=:', bad],
    ['bad padding', ':aGVsbG8:', bad],
    ['bad padding dot', ':aGVsbG8.:', bad],
    ['bad end delimiter', ':aGVsbG8=', colons],
    ['extra whitespace', ':aGVsb G8=:', bad],
    ['all whitespace', ':    :', bad],
    ['extra chars', ':aGVsbG!8=:', bad],
    ['suffix chars', ':aGVsbG8=!:', bad],
    ['non-zero pad bits', ':iZ==:', bad],
    ['non-ASCII binary', ':/+Ah:', 'must hold whole certificates in DER'],
    ['base64url binary', ':_-Ah:', bad],
    ['binary prefix only', ':', colons],
  ] as const
  // httpwg/structured-field-tests, list.json
  const chains = [
    ['trailing comma', `${issuer},`],
    ['empty member', `${issuer},,${root}`],
    ['empty line', [issuer, '', root]],
    ['an inner list', `(${issuer})`],
  ] as const
  readEach(t, contract, [
    ...leaves.map(
      ([rule, value, fault]) =>
        [rule, { 'client-cert': value }, malformed(`client-cert ${fault}`)] as const,
    ),
    ...chains.map(
      ([rule, value]) =>
        [
          rule,
          { 'client-cert': item, 'client-cert-chain': value },
          malformed(`client-cert-chain ${colons}`),
        ] as const,
    ),
    [
      '11 members',
      { 'client-cert': item, 'client-cert-chain': Array<string>(11).fill(issuer) },
      malformed('client-cert-chain must hold at most 10 certificates of a chain'),
    ],
    [
      'a chain without a leaf',
      { 'client-cert-chain': rfcChain.text },
      malformed('client-cert-chain must not be sent without client-cert'),
    ],
  ])
  t.end()
})

void t.test('reads the same from Akamai, in a header of its own', (t) => {
  const edge = akamai({ proxyVerifies: true })
  t.equal(edge.name, 'akamai')
  t.same(edge.headers, [{ name: 'akamai-cc-der' }])
  readEach(t, edge, [
    ['a certificate', { 'akamai-cc-der': item }, verified(rfcLeaf)],
    ['nobody', {}, missing('the proxy sent no akamai-cc-der')],
    [
      'base64 alone',
      { 'akamai-cc-der': rfcLeaf.text },
      malformed('akamai-cc-der must be base64 between two colons'),
    ],
  ])
  readEach(t, akamai({ proxyVerifies: false }), [
    ['without “Enforce mTLS settings”', { 'akamai-cc-der': item }, asserted(rfcLeaf)],
  ])
  t.end()
})
