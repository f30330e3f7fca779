import { envoyXfcc } from '@peergate/core'
import type { AssertedIdentity, EnvoyXfccOptions, SubjectAlternativeName } from '@peergate/core'
import t from 'tap'
import { dnsName, uriName } from '../support/certificate-facts.js'
import { faultOf } from '../support/fault-of.js'
import {
  certificateOf,
  escaped,
  fingerprint,
  pemOf,
  readLines,
  refused,
  sha256,
} from '../support/forwarded-text.js'

const single = { proxyVerifies: true, elements: 1, hop: 1 }
const contract = envoyXfcc(single)
/** For what carries no Hash. */
const lenient = envoyXfcc({ ...single, hash: 'optional' })

const leaf = certificateOf(1)
const issuer = certificateOf(2)
const root = certificateOf(3)
const certKey = `Cert="${escaped(pemOf(leaf))}"`
const chainKey = `Chain="${escaped(pemOf(leaf, issuer, root))}"`
const hashKey = `Hash=${sha256(leaf)}`

// envoyproxy/envoy: docs/root/configuration/http/http_conn_man/headers.rst
const documentedHash = '468ed33be74eee6556d90c0149c1309e9ba61d6425303443c0748a02dd8de688'
// envoyproxy/envoy: test/integration/xfcc_integration_test.cc
const testHash = 'c07e14fc43b9c7b3d92f1004f91d3a9e071d9c93a58afc76b4c14303ae3a0f34'

function asserted(
  names: readonly SubjectAlternativeName[],
  hash: string | null = null,
): AssertedIdentity {
  const fingerprint256 = hash === null ? null : fingerprint(hash)
  return { names, fingerprint256, assurance: 'proxy-verified' }
}

t.test('says what it reads', (t) => {
  t.equal(contract.name, 'envoy-xfcc')
  t.strictSame(contract.headers, [{ name: 'x-forwarded-client-cert', isList: true }])
  t.equal(contract.yields, 'either')
  t.ok(Object.isFrozen(contract))
  t.end()
})

t.test('takes no header and an empty one for no certificate', (t) => {
  const code = 'MISSING'
  t.strictSame(readLines(contract, []), refused(code, 'the proxy sent no x-forwarded-client-cert'))
  for (const lines of [[''], ['', '']]) {
    const detail = 'says that the client has no certificate'
    t.strictSame(readLines(contract, lines), refused(code, detail))
  }
  t.end()
})

t.test('yields the certificate, and what was sent with it', (t) => {
  const rows: readonly (readonly [string, chain: readonly Uint8Array[]])[] = [
    [`By=a;${hashKey};${certKey}`, []],
    [`By=a;${hashKey};${chainKey}`, [issuer, root]],
    [`By=a;${hashKey};${certKey};${chainKey};Subject="CN=a";URI=b;DNS=c`, [issuer, root]],
    // In the mocks of Envoy’s own tests the keys stand in other orders.
    [`DNS=c;${chainKey};${certKey};URI=b;By=a;${hashKey}`, [issuer, root]],
    [`${hashKey.toUpperCase()};${certKey}`, []],
    [`hash=${sha256(leaf)};CERT=${escaped(pemOf(leaf))}`, []],
    // Without the last line end: blend/go-sdk, pkg/envoyutil/xfcc_test.go
    [`${hashKey};Cert="${escaped(pemOf(leaf).trimEnd())}"`, []],
  ]
  for (const [value, chain] of rows) {
    const expected = { leaf, chain, assurance: 'proxy-verified' }
    t.strictSame(readLines(contract, [value]), expected, value.slice(0, 40))
  }
  const withoutHash = { leaf, chain: [], assurance: 'proxy-verified' }
  t.strictSame(readLines(lenient, [certKey]), withoutHash)
  t.end()
})

t.test('yields the names where no certificate is forwarded', (t) => {
  const rows: readonly (readonly [string, AssertedIdentity])[] = [
    [
      `By=http://frontend.lyft.com;Hash=${documentedHash};Subject="/C=US/ST=CA/L=San Francisco/OU=Lyft/CN=Test Client";URI=http://testclient.lyft.com;DNS=lyft.com;DNS=www.lyft.com`,
      asserted(
        [uriName('http://testclient.lyft.com'), dnsName('lyft.com'), dnsName('www.lyft.com')],
        documentedHash,
      ),
    ],
    [
      `By=spiffe://lyft.com/backend-team;By=http://backend.lyft.com;Hash=${testHash};URI=spiffe://lyft.com/frontend-team;URI=http://frontend.lyft.com`,
      asserted(
        [uriName('spiffe://lyft.com/frontend-team'), uriName('http://frontend.lyft.com')],
        testHash,
      ),
    ],
    // envoyproxy/envoy pull request 46304: Issuer
    [
      `Hash=${testHash};Subject="emailAddress=frontend-team@lyft.com,CN=Test Frontend Team,OU=Lyft Engineering,O=Lyft,L=San Francisco,ST=California,C=US";Issuer="CN=Test CA,OU=Lyft Engineering,O=Lyft,L=San Francisco,ST=California,C=US"`,
      asserted([], testHash),
    ],
    // istio: a workload’s certificate has no subject
    [
      `Hash=${testHash};Subject="";URI=spiffe://cluster.local/ns/blend/sa/world`,
      asserted([uriName('spiffe://cluster.local/ns/blend/sa/world')], testHash),
    ],
    // envoyproxy/envoy: test/common/http/conn_manager_utility_test.cc MtlsSanitizeSetClientCertPeerSanEmpty
    [`By=test://foo.com/be;Hash=${testHash};URI=`, asserted([], testHash)],
    // salesforce: SAN is what Envoy up to 1.6 called URI
    [`Hash=${testHash};SAN=http://testclient.lyft.com`, asserted([], testHash)],
    // A URI may hold what separates keys from values.
    [
      `Hash=${testHash};URI=https://a.example/?b=c==`,
      asserted([uriName('https://a.example/?b=c==')], testHash),
    ],
    // envoyproxy/envoy issue 32945: whoever chooses a part of his name can end it
    [
      `Hash=${testHash};URI=;DNS=b.example.com;DNS=evil.example.com`,
      asserted([dnsName('b.example.com'), dnsName('evil.example.com')], testHash),
    ],
  ]
  for (const [value, identity] of rows) t.strictSame(readLines(contract, [value]), identity, value)
  t.end()
})

t.test('reads the names of Istio’s waypoints, which send no Hash, where that is stated', (t) => {
  const value = 'By=spiffe://cluster.local/ns/a/sa/b;URI=spiffe://cluster.local/ns/c/sa/d'
  const names = [uriName('spiffe://cluster.local/ns/c/sa/d')]
  t.strictSame(readLines(lenient, [value]), asserted(names))
  // envoyproxy/envoy: NonTlsAlwaysForwardClientCert, which is wholly the client’s
  t.strictSame(
    readLines(contract, ['By=test://foo.com/fe;URI=test://bar.com/be']),
    refused('MALFORMED', 'must have a Hash beside what it says of the client'),
  )
  t.end()
})

t.test('keeps what is in quotes as it is, and finds where they end', (t) => {
  const rows: readonly (readonly [string, ...SubjectAlternativeName[]])[] = [
    ['URI="spiffe://ok/caller"', uriName('spiffe://ok/caller')],
    ['URI="abc,=,";DNS=example.com', uriName('abc,=,'), dnsName('example.com')],
    ['By="a\\\\\\"b";URI="spiffe://ns/svc"', uriName('spiffe://ns/svc')],
    ['By="a,b=10";URI="c; \\"then\\" again"', uriName('c; \\"then\\" again')],
    ['By="first\\tsecond";URI="a\\b"', uriName('a\\b')],
    ['By="\\",URI=\\"";DNS=a', dnsName('a')],
    ['Subject="CN=gw\\"team\\";OU=edge,region";URI=a', uriName('a')],
    ['Subject="CN=a\\\\";URI=b', uriName('b')],
    ['By=",;=\\"";URI=";"', uriName(';')],
    ['URI="";URI=a', uriName('a')],
    // Spaces belong to the value; those at the beginning of a line are none of its own.
    [' URI= a ', uriName(' a ')],
  ]
  for (const [value, ...names] of rows)
    t.strictSame(readLines(lenient, [value]), asserted(names), value)
  t.end()
})

t.test('refuses what breaks the grammar, as a whole', (t) => {
  const values = [
    // envoyproxy/envoy: xfcc_value_test.cc
    'By=test;URI="abc;DNS=example.com',
    // envoyproxy/envoy issue 32945
    'By=urn:abc:servicePrincipal(grpc-sample-service;None;i001);URI=a',
    // alecholmes/xfccparser
    'Hash',
    // blend/go-sdk
    'dns=http://frontend.lyft.com;',
    '=value;dns=http://frontend.lyft.com',
    '="a";b=20',
    'a="b"---',
    // square/keywhiz
    ',,',
    ' ',
    ', ',
    ' ,',
    ', ,',
    'a\\"=',
    'a""=b',
    '"a"=b',
    'a;=b',
    'a=b"',
    'a=b;c',
    'a=b,c',
    'a =b',
    '=""',
    // salesforce
    'URI=a;Subject="/C=US/L=\\"San Francisco"/OU=Lyft/CN=Test Client";SAN=b',
    '"By"=http://frontend.lyft.com;Subject="a"',
    'KABOOM!',
    // Frederick888/xfcc-parser
    'By=http://example.com;Hash=hash,URI',
    // Kuadrant/authorino; azureContainerApps reads it
    'URI=a;',
    // winhowes/AuthTranslator
    'URI=spiffe://ok/caller;NoEquals',
    'URI=spiffe://ok/caller,',
    'URI=spiffe://ok/caller, ',
    'URI=spiffe://ok/caller;;By=spiffe://proxy',
    // Nordix/keycloak-client-cert-lookup-for-envoy
    'URI=a;Cert="no end quote',
    'URI=a;Cert=no start quote"',
    // c2FmZQ/tlsproxy
    'DNS=\\"foo',
    'URI="a" ',
    'URI="a" ;DNS=b',
    'URI="a\\"',
    'URI="a\\\\\\"',
    'URI=a; DNS=b',
    // the client’s own element would swallow the genuine one
    `URI=spiffe://admin;X=",${hashKey};URI=spiffe://mallory`,
    // the JSON form is another contract
    '[{"uri":["a"]}]',
  ]
  for (const value of values) {
    t.strictSame(
      readLines(lenient, [value]),
      refused('MALFORMED', 'must be elements of key=value, each value bare or wholly in quotes'),
      value,
    )
  }
  t.end()
})

t.test('refuses two values of what there can only be one', (t) => {
  for (const key of ['Hash', 'Cert', 'Chain', 'Subject', 'Issuer']) {
    for (const value of [`${key}=a;${key}=a`, `URI=a;${key}="b";DNS=c;${key.toLowerCase()}=`]) {
      const detail = `must have one ${key} in an element`
      t.strictSame(readLines(contract, [value]), refused('AMBIGUOUS', detail), value)
    }
  }
  const other = envoyXfcc({ ...single, elements: 2 })
  const value = `Hash=a;Hash=b,${hashKey};URI=c`
  t.hasStrict(readLines(other, [value]), { code: 'AMBIGUOUS' }, 'also in another element')
  t.end()
})

function named(uri: string): string {
  return `Hash=${testHash};URI=${uri}`
}

t.test('counts the elements from the right, and refuses another number of them', (t) => {
  const three = [named('client'), named('edge'), named('mesh')]
  const lines: readonly (readonly string[])[] = [
    [three.join(',')],
    [three.join(', ')],
    three,
    [`${three[0]},${three[1]}`, `${three[2]}`],
  ]
  for (const sent of lines) {
    for (const [hop, name] of ['mesh', 'edge', 'client'].entries()) {
      const reader = envoyXfcc({ proxyVerifies: true, elements: 3, hop: hop + 1 })
      t.strictSame(readLines(reader, sent), asserted([uriName(name)], testHash))
    }
    for (const elements of [1, 2, 4, 16]) {
      const reader = envoyXfcc({ proxyVerifies: true, elements, hop: 1 })
      const noun = elements === 1 ? 'element' : 'elements'
      const detail = `must have exactly ${elements} ${noun}`
      t.strictSame(readLines(reader, sent), refused('AMBIGUOUS', detail))
    }
  }
  // A line between others that says nothing is an element that says nothing.
  const reader = envoyXfcc({ proxyVerifies: true, elements: 2, hop: 1 })
  t.hasStrict(readLines(reader, [named('a'), '', named('b')]), { code: 'MALFORMED' })
  t.end()
})

t.test('reads up to 512 pairs, in however many lines', (t) => {
  const line = `Hash=${testHash};URI=a${';x='.repeat(510)}`
  const reader = envoyXfcc({ proxyVerifies: true, elements: 1, hop: 1 })
  t.strictSame(readLines(reader, [line]), asserted([uriName('a')], testHash))
  for (const lines of [[`${line};x=`], [line, 'x=']]) {
    t.strictSame(readLines(reader, lines), refused('MALFORMED', 'must have at most 512 pairs'))
  }
  t.end()
})

t.test('reads up to 16 elements', (t) => {
  const sixteen = Array.from({ length: 16 }, (_, at) => `Hash=${testHash};URI=${at}`)
  const reader = envoyXfcc({ proxyVerifies: true, elements: 16, hop: 16 })
  t.strictSame(readLines(reader, [sixteen.join(',')]), asserted([uriName('0')], testHash))
  t.strictSame(
    readLines(reader, [`${sixteen.join(',')},URI=a`]),
    refused('MALFORMED', 'must have at most 16 elements'),
  )
  t.end()
})

t.test('reads up to 100 names, as of a certificate', (t) => {
  const names = Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? `URI=${at}` : `DNS=${at}`))
  const value = `Hash=${testHash};${names.join(';')}`
  t.hasStrict(readLines(contract, [value]), { fingerprint256: fingerprint(testHash) })
  t.strictSame(
    readLines(contract, [`${value};URI=a`]),
    refused('MALFORMED', 'must have at most 100 names of a client'),
  )
  t.end()
})

t.test('binds the certificate to its hash', (t) => {
  const other = `Hash=${sha256(issuer)}`
  for (const value of [`${other};${certKey}`, `${other};${chainKey}`]) {
    const detail = 'must have the SHA-256 of its certificate as Hash'
    t.strictSame(readLines(lenient, [value]), refused('AMBIGUOUS', detail))
  }
  // a name that brings along the hash and the certificate of another client
  const injected = `By=a;Hash=${sha256(issuer)};URI=x;${certKey}`
  t.hasStrict(readLines(contract, [injected]), { code: 'AMBIGUOUS' })
  // Envoy’s tests, mocks and parts of its documentation have hashes like these.
  for (const hash of ['', 'abcdefg', '123456', `${testHash}0`, `${testHash.slice(1)}g`]) {
    const detail = 'must have a Hash of 64 hexadecimal digits'
    t.strictSame(readLines(lenient, [`Hash=${hash};URI=a`]), refused('MALFORMED', detail), hash)
  }
  t.end()
})

t.test('never takes another certificate for the leaf', (t) => {
  const pem = pemOf(leaf, issuer)
  const noPercent = 'must be percent-encoded ASCII, each % with two hexadecimal digits'
  const rows: readonly (readonly [value: string, code: string, detail: string])[] = [
    [
      `${certKey};Chain="${escaped(pemOf(issuer, leaf))}"`,
      'AMBIGUOUS',
      'must have the same certificate as Cert and at the beginning of Chain',
    ],
    [`Cert="${escaped(pem)}"`, 'MALFORMED', 'must hold one certificate alone'],
    ['Cert=', 'MALFORMED', 'must hold PEM certificates and nothing else'],
    ['Cert=""', 'MALFORMED', 'must hold PEM certificates and nothing else'],
    ['Chain=""', 'MALFORMED', 'must hold PEM certificates and nothing else'],
    // Kuadrant/authorino
    ['Cert="xyz,123"', 'MALFORMED', noPercent],
    ['Cert="%ZZ%invalid"', 'MALFORMED', noPercent],
    // blend/go-sdk
    ['cert=%', 'MALFORMED', noPercent],
    // Go’s and Java’s encoders write a plus for a space; Envoy never does.
    [certKey.replaceAll('%20', '+'), 'MALFORMED', 'must hold PEM certificates and nothing else'],
    [
      `Chain="${escaped(pem.replace('BEGIN', 'BEG1N'))}"`,
      'MALFORMED',
      'must hold PEM certificates and nothing else',
    ],
    [
      `Chain="${escaped(pem.slice(1))}"`,
      'MALFORMED',
      'must hold PEM certificates and nothing else',
    ],
    [
      `Chain="${escaped(pemOf(...Array.from({ length: 12 }, () => leaf)))}"`,
      'MALFORMED',
      'must hold at most 10 certificates of a chain',
    ],
  ]
  for (const [value, code, detail] of rows) {
    t.strictSame(readLines(lenient, [`URI=a;${value}`]), refused(code, detail), value.slice(0, 60))
  }
  t.end()
})

t.test('yields what the operator states of the proxy', (t) => {
  const reader = envoyXfcc({ ...single, proxyVerifies: false })
  for (const value of [`${hashKey};${certKey}`, `${hashKey};URI=a`]) {
    t.hasStrict(readLines(reader, [value]), { assurance: 'proxy-asserted' })
  }
  t.end()
})

t.test('refuses options that state no topology', (t) => {
  const count = 'must be a whole number of 1 to 16'
  const rows: readonly (readonly [options: unknown, faults: readonly string[]])[] = [
    [
      {},
      [
        'option "proxyVerifies" must state whether the proxy verifies its clients: nothing in its headers does',
        `option "elements" ${count}`,
        `option "hop" ${count}`,
      ],
    ],
    [{ ...single, elements: 0, hop: 0 }, [`option "elements" ${count}`, `option "hop" ${count}`]],
    [{ ...single, elements: 17 }, [`option "elements" ${count}`]],
    [{ ...single, hop: 1.5 }, [`option "hop" ${count}`]],
    [{ ...single, hop: 2 }, ['option "hop" must not exceed option "elements"']],
    [{ ...single, hash: 'never' }, ['option "hash" must be "optional" or "required"']],
    [{ ...single, hops: 1 }, ['option "hops" is not known; did you mean "hop"?']],
  ]
  for (const [options, faults] of rows) {
    const fault = faultOf(() => envoyXfcc(options as EnvoyXfccOptions))
    t.equal(fault?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(fault?.detail, `envoyXfcc: ${faults.join('; ')}`)
  }
  t.end()
})
