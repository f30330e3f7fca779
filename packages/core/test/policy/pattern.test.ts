import t from 'tap'
import type { IdentityKind } from '@peergate/core'
import { compilePattern } from '#core/policy/pattern.js'
import { faultOf } from '../support/fault-of.js'

type Row = readonly [
  kind: IdentityKind,
  pattern: string,
  matched: readonly string[],
  unmatched: readonly string[],
]

const long = `spiffe://prod.example/${'a'.repeat(2000)}`

const rows: readonly Row[] = [
  [
    'spiffe',
    'spiffe://prod.example/ns/payments/sa/*',
    ['spiffe://prod.example/ns/payments/sa/worker', 'spiffe://prod.example/ns/payments/sa/a.b'],
    [
      'spiffe://prod.example/ns/payments/sa',
      'spiffe://prod.example/ns/payments/sa/worker/1',
      'spiffe://prod.example/ns/Payments/sa/worker',
      'spiffe://prod.example/ns/payments/sab/worker',
      'spiffe://prod.example/ns/payments',
      'spiffe://prod.example.evil/ns/payments/sa/worker',
      'spiffe://evil.example/ns/payments/sa/worker',
      long,
    ],
  ],
  [
    'spiffe',
    'spiffe://prod.example/ns/*/sa/*',
    ['spiffe://prod.example/ns/a/sa/b', 'spiffe://prod.example/ns/sa/sa/sa'],
    [
      'spiffe://prod.example/ns/a/sa',
      'spiffe://prod.example/ns/a/b/sa/c',
      'spiffe://prod.example/ns/sa/b',
    ],
  ],
  [
    'spiffe',
    'spiffe://prod.example/*/worker',
    ['spiffe://prod.example/a/worker'],
    [
      'spiffe://prod.example/worker',
      'spiffe://prod.example/a/worker2',
      'spiffe://prod.example/a/worke',
      'spiffe://prod.example/a/worker/b',
      'spiffe://prod.example/a',
    ],
  ],
  [
    'spiffe',
    'spiffe://prod.example/ns/**',
    ['spiffe://prod.example/ns/a', 'spiffe://prod.example/ns/a/b/c'],
    ['spiffe://prod.example/ns', 'spiffe://prod.example/nsa/b', 'spiffe://prod.example/n', long],
  ],
  [
    'spiffe',
    'spiffe://prod.example/*/sa/**',
    ['spiffe://prod.example/a/sa/b', 'spiffe://prod.example/a/sa/b/c'],
    ['spiffe://prod.example/a/sa', 'spiffe://prod.example/sa/b'],
  ],
  [
    'spiffe',
    'spiffe://prod.example/**',
    ['spiffe://prod.example/a', 'spiffe://prod.example/a/b', long],
    ['spiffe://prod.examples/a', 'spiffe://staging.example/a'],
  ],
  [
    'uri',
    'HTTPS://Example.COM:8443/Services/*',
    ['https://example.com:8443/Services/a', 'https://example.com:8443/Services/a%2Fb'],
    [
      'https://example.com:8443/Services/',
      'https://example.com:8443/Services/a/',
      'https://example.com:8443/services/a',
      'https://example.com/Services/a',
      'https://example.com:8443/Services/a?b',
      'https://example.com:8443/Services/a#b',
      'https://example.com:8443/Services/?a',
    ],
  ],
  [
    'uri',
    'https://[2001:DB8:0:0::1]/**',
    ['https://[2001:db8::1]/a', 'https://[2001:db8::1]/a/b/'],
    ['https://[2001:db8::1]', 'https://[2001:db8::1]/', 'https://[2001:db8::1]/a?b/c'],
  ],
  [
    'uri',
    'https://example.com/*/',
    ['https://example.com/a/'],
    ['https://example.com/a', 'https://example.com/', 'https://example.com/a/b'],
  ],
  ['uri', 'urn:example:a/*', ['urn:example:a/b'], ['urn:example:a', 'urn:example:ab/c']],
  ['uri', 'app:/*/**', ['app:/a/b', 'app:/a/b/c'], ['app:/a', 'app:a/b', 'app://a/b']],
  [
    'dns',
    '*.Svc.Example',
    ['a.svc.example', 'a-b.svc.example'],
    ['svc.example', 'a.b.svc.example', 'a.xsvc.example', 'example', 'a.svc.examples', 'a'],
  ],
  [
    'dns',
    '**.SVC.Example',
    ['a.svc.example', 'a.b.svc.example', 'svc.svc.example'],
    ['svc.example', 'asvc.example', 'example', 'a.svc.example.evil'],
  ],
  [
    'dns',
    'db.*.svc.example',
    ['db.a.svc.example', 'db.db.svc.example'],
    ['a.db.svc.example', 'db.svc.example', 'x.db.a.svc.example', 'adb.a.svc.example'],
  ],
  [
    'dns',
    '**.*.svc.example',
    ['a.b.svc.example', 'a.b.c.svc.example'],
    ['b.svc.example', 'svc.example'],
  ],
  [
    'email',
    '*@Example.com',
    ['ada@example.com', 'Ada.L@example.com'],
    ['ada@mail.example.com', 'ada@badexample.com', 'ada@example.com.evil'],
  ],
  [
    'upn',
    '*@Corp.Example',
    ['ada@corp.example', '\u{212a}@corp.example'],
    ['ada@eu.corp.example', 'ada@example'],
  ],
  [
    'ip',
    '192.0.2.0/24',
    ['192.0.2.0', '192.0.2.255'],
    ['192.0.3.0', '192.0.1.255', '::ffff:192.0.2.1', '::192.0.2.1', 'not an address'],
  ],
  ['ip', '128.0.0.0/1', ['255.255.255.255', '128.0.0.0'], ['127.255.255.255', '8000::']],
  ['ip', '10.0.0.8/29', ['10.0.0.8', '10.0.0.15'], ['10.0.0.7', '10.0.0.16']],
  [
    'ip',
    '2001:DB8:0::/33',
    ['2001:db8::', '2001:db8:7fff:ffff::1'],
    ['2001:db8:8000::', '2001:db9::', '32.1.13.184'],
  ],
  [
    'ip',
    '::ffff:192.0.2.0/120',
    ['::ffff:192.0.2.1'],
    ['192.0.2.1', '::ffff:192.0.3.1', '::192.0.2.1'],
  ],
]

void t.test('matches whole segments, labels, local parts and networks', (t) => {
  for (const [kind, text, matched, unmatched] of rows) {
    const pattern = compilePattern(kind, text)
    t.equal(pattern.exact, null, text)
    for (const identity of matched) t.ok(pattern.matches(identity), `${text} is ${identity}`)
    for (const identity of unmatched) t.notOk(pattern.matches(identity), `${text} not ${identity}`)
  }
  t.end()
})

void t.test('matches nothing that is not an identity of the kind', (t) => {
  for (const [kind, text] of rows) {
    const pattern = compilePattern(kind, text)
    for (const value of ['', '.', '/', '@', '\0']) t.notOk(pattern.matches(value), text)
  }
  t.end()
})

void t.test('writes the literal parts of a pattern in canonical form', (t) => {
  const table: readonly (readonly [IdentityKind, string, string])[] = [
    ['spiffe', 'spiffe://prod.example/NS/*/**', 'spiffe://prod.example/NS/*/**'],
    ['uri', 'HTTPS://Example.COM/A/*', 'https://example.com/A/*'],
    ['uri', 'https://[0:0::1]/**', 'https://[::1]/**'],
    ['dns', '**.SVC.Example', '**.svc.example'],
    ['email', '*@Example.COM', '*@example.com'],
    ['upn', '*@Corp.Example', '*@corp.example'],
    ['ip', '2001:DB8:0::/48', '2001:db8::/48'],
    ['ip', '192.0.2.0/24', '192.0.2.0/24'],
  ]
  for (const [kind, text, canonical] of table) {
    const pattern = compilePattern(kind, text)
    t.match(pattern, { kind, text: canonical, exact: null, captures: [] })
    t.equal(compilePattern(kind, canonical).text, canonical)
    t.ok(Object.isFrozen(pattern))
  }
  t.end()
})

void t.test('matches exactly one identity without a wildcard', (t) => {
  const table: readonly (readonly [IdentityKind, string, string, readonly string[]])[] = [
    ['spiffe', 'spiffe://a/b', 'spiffe://a/b', ['spiffe://a/b/c', 'spiffe://a/B', 'spiffe://a/']],
    ['uri', 'HTTPS://A/b?c#d', 'https://a/b?c#d', ['https://a/b', 'https://a/b?c']],
    ['dns', 'A.Example', 'a.example', ['b.a.example', 'a']],
    ['ip', '::FFFF:c000:201', '::ffff:192.0.2.1', ['192.0.2.1']],
    ['ip', '192.0.2.1/32', '192.0.2.1', ['192.0.2.0', '192.0.2.2']],
    ['ip', '2001:DB8::1/128', '2001:db8::1', ['2001:db8::', '2001:db8::1:1']],
    ['email', 'Ada@Example.com', 'Ada@example.com', ['ada@example.com']],
    ['upn', 'Ada@Corp', 'ada@corp', ['bob@corp']],
    ['commonName', '*', '*', ['a', '**', '']],
    ['commonName', 'Billing *', 'Billing *', ['Billing A', 'billing *']],
  ]
  for (const [kind, text, value, others] of table) {
    const pattern = compilePattern(kind, text)
    t.equal(pattern.exact, value, text)
    t.equal(pattern.text, value)
    t.ok(pattern.matches(value))
    for (const other of others) t.notOk(pattern.matches(other), other)
    t.ok(Object.isFrozen(pattern))
  }
  t.end()
})

void t.test('refuses a pattern outside the grammar of its kind', (t) => {
  const segment = 'a wildcard must be a whole segment of the path'
  const lastSegment = '** must be the last segment'
  const pathEnd = 'a pattern with a wildcard must end with the path'
  const label = 'a wildcard must be a whole label'
  const firstLabel = '** must be the first label'
  const twoLabels = 'a pattern with a wildcard must end with two literal labels'
  const localPart = 'a wildcard must be the whole local part'
  const prefixLength = 'the prefix length of a network must be 0 to 32, or to 128 for IPv6'
  const hostBits = 'a network must have no bits set after its prefix'
  const table: readonly (readonly [IdentityKind, string, string])[] = [
    ['spiffe', '', 'a SPIFFE ID must begin with spiffe://'],
    ['spiffe', '*', segment],
    ['spiffe', '**', segment],
    ['spiffe', '/*', 'a SPIFFE ID must begin with spiffe://'],
    ['spiffe', '*://prod.example/a', segment],
    ['spiffe', 'spiffe://*', segment],
    ['spiffe', 'spiffe://*/a', segment],
    ['spiffe', 'spiffe://**', segment],
    ['spiffe', 'spiffe://*.example/a', segment],
    ['spiffe', 'spiffe://prod.example/pay*', segment],
    ['spiffe', 'spiffe://prod.example/*pay/a', segment],
    ['spiffe', 'spiffe://prod.example/***', segment],
    ['spiffe', 'spiffe://prod.example/**/a', lastSegment],
    ['spiffe', 'spiffe://prod.example/**/**', lastSegment],
    ['spiffe', 'spiffe://prod.example/*?a', segment],
    ['spiffe', 'spiffe://prod.example/a?b/*', pathEnd],
    ['spiffe', 'spiffe://Prod.example/*', 'the trust domain of a SPIFFE ID'],
    ['spiffe', 'spiffe:///*', 'the trust domain of a SPIFFE ID'],
    ['spiffe', 'spiffe://prod.example/*/', 'every path segment of a SPIFFE ID'],
    ['spiffe', 'spiffe://prod.example/../*', 'every path segment of a SPIFFE ID'],
    ['spiffe', 'spiffe://prod.example', 'must have a path'],
    ['spiffe', `${long}${'/*'.repeat(100)}`, 'must not exceed 2048 bytes'],
    ['uri', 'https://example.com/a*', segment],
    ['uri', 'https://*/a', segment],
    ['uri', 'https://*@example.com/a', segment],
    ['uri', 'https://example.com:*/a', segment],
    ['uri', 'https://example.com/a?*', segment],
    ['uri', 'https://example.com/*?a', segment],
    ['uri', 'https://example.com/*/a?b', pathEnd],
    ['uri', 'https://example.com/a?b/*', pathEnd],
    ['uri', 'https://example.com/a#b/**', pathEnd],
    ['uri', 'https://example.com/**/a', lastSegment],
    ['uri', 'https://example.com/%2e/*', 'must not have empty, . or .. segments'],
    ['uri', 'https://example.com//*', 'must not have empty, . or .. segments'],
    ['uri', 'urn:*', segment],
    ['uri', 'urn:a//*', segment],
    ['uri', 'file:///*', 'every label of a DNS name'],
    ['uri', 'example.com/*', 'must have a scheme'],
    ['dns', '', 'every label of a DNS name'],
    ['dns', '*', twoLabels],
    ['dns', '**', twoLabels],
    ['dns', '*.*', twoLabels],
    ['dns', '*.example', twoLabels],
    ['dns', '**.example', twoLabels],
    ['dns', 'a.*.example', twoLabels],
    ['dns', 'a.b.*', twoLabels],
    ['dns', 'pay*.svc.example', label],
    ['dns', '***.svc.example', label],
    ['dns', 'a.**.svc.example', firstLabel],
    ['dns', '**.**.svc.example', firstLabel],
    ['dns', '*..svc.example', 'every label of a DNS name'],
    ['dns', '*.svc.example.', 'every label of a DNS name'],
    ['dns', '*.wor\u{212a}er.example', 'every label of a DNS name'],
    ['dns', '*.0.2.1', 'must not be a number'],
    ['email', '*', localPart],
    ['email', '**@example.com', localPart],
    ['email', 'a*@example.com', localPart],
    ['email', '*a@example.com', localPart],
    ['email', '*@*', localPart],
    ['email', '*@*.example.com', localPart],
    ['email', 'ada@*', localPart],
    ['email', '*@', 'every label of a DNS name'],
    ['email', '*@a@example.com', 'every label of a DNS name'],
    ['email', 'example.com', 'a mailbox must be a local part, an @ and a domain'],
    ['upn', '*@corp.*', localPart],
    ['upn', '*@a@corp', 'one @ and a domain'],
    ['upn', 'corp', 'one @ and a domain'],
    ['ip', '192.0.2.*', 'an IP address must be'],
    ['ip', '/24', 'a network must be an IP address, / and a prefix length'],
    ['ip', '192.0.2/24', 'a network must be an IP address, / and a prefix length'],
    ['ip', '192.0.2.0/', prefixLength],
    ['ip', '0.0.0.0/0', 'a network must not hold every address'],
    ['ip', '::/0', 'a network must not hold every address'],
    ['ip', '192.0.2.0/33', prefixLength],
    ['ip', '2001:db8::/129', prefixLength],
    ['ip', '192.0.2.0/024', prefixLength],
    ['ip', '192.0.2.0/-1', prefixLength],
    ['ip', '192.0.2.0/ 24', prefixLength],
    ['ip', '192.0.2.0/0x8', prefixLength],
    ['ip', '192.0.2.0/24/24', 'a network must be an IP address, / and a prefix length'],
    ['ip', '192.0.2.0/255.255.255.0', prefixLength],
    ['ip', '192.0.2.1/24', hostBits],
    ['ip', '2001:db8::1/64', hostBits],
    ['commonName', '', 'must be 1 to 64 characters'],
    ['commonName', ' *', 'must not begin or end with a space'],
  ]
  for (const [kind, text, fault] of table) {
    const error = faultOf(() => compilePattern(kind, text))
    t.equal(error?.code, 'ERR_PEERGATE_PATTERN_INVALID', `${kind} ${text}`)
    t.ok(error?.detail.includes(fault), `${error?.detail} says: ${fault}`)
    t.match(error?.message, error?.detail)
  }
  t.end()
})

void t.test('says the rule, the pattern and what to write', (t) => {
  t.equal(
    faultOf(() => compilePattern('dns', 'pay*.svc.example'))?.detail,
    'a wildcard must be a whole label: "pay*.svc.example"; ' +
      'write it like *.svc.example.com or **.svc.example.com',
  )
  t.end()
})

void t.test('gives examples that are patterns themselves', (t) => {
  const examples: readonly (readonly [IdentityKind, readonly string[]])[] = [
    ['spiffe', ['spiffe://prod.example/ns/payments/sa/*', 'spiffe://prod.example/ns/payments/**']],
    ['uri', ['https://example.com/services/*', 'https://example.com/services/**']],
    ['dns', ['*.svc.example.com', '**.svc.example.com']],
    ['ip', ['192.0.2.7', '192.0.2.0/24', '2001:db8::/32']],
    ['email', ['billing@example.com', '*@example.com']],
    ['upn', ['billing@example.com', '*@example.com']],
    ['commonName', ['Billing Service']],
  ]
  for (const [kind, texts] of examples) {
    const detail = faultOf(() => compilePattern(kind, ''))?.detail
    for (const text of texts) {
      t.ok(detail?.includes(text), text)
      t.equal(compilePattern(kind, text).text, text)
    }
  }
  t.end()
})
