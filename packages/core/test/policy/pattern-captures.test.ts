import t from 'tap'
import type { IdentityKind } from '@peergate/core'
import { compilePattern } from '#core/policy/pattern.js'
import { faultOf } from '../support/fault-of.js'

type Row = readonly [
  kind: IdentityKind,
  pattern: string,
  identity: string,
  captured: Readonly<Record<string, string>> | null,
]

const workload = 'spiffe://prod.example/ns/{tenant}/sa/{name}'

const rows: readonly Row[] = [
  ['spiffe', workload, 'spiffe://prod.example/ns/a/sa/b', { tenant: 'a', name: 'b' }],
  ['spiffe', workload, 'spiffe://prod.example/ns/A/sa/a', { tenant: 'A', name: 'a' }],
  ['spiffe', workload, 'spiffe://prod.example/ns/a/sa', null],
  ['spiffe', workload, 'spiffe://prod.example/ns/a/sa/', null],
  ['spiffe', workload, 'spiffe://prod.example/ns/a/sa/b/c', null],
  ['spiffe', workload, 'spiffe://prod.example/ns//sa/b', null],
  ['spiffe', workload, 'spiffe://evil.example/ns/a/sa/b', null],
  ['spiffe', 'spiffe://a/{x}/*/{y}/**', 'spiffe://a/1/2/3/4/5', { x: '1', y: '3' }],
  ['spiffe', 'spiffe://a/{x}/**', 'spiffe://a/1', null],
  ['spiffe', 'spiffe://a/{constructor}/b', 'spiffe://a/1/b', { constructor: '1' }],
  ['spiffe', 'spiffe://a/*/b', 'spiffe://a/1/b', {}],
  ['spiffe', 'spiffe://a/b', 'spiffe://a/b', {}],
  ['spiffe', 'spiffe://a/b', 'spiffe://a/c', null],
  ['uri', 'HTTPS://Example.COM/{Tenant}/*', 'https://example.com/A%2fB/c', { Tenant: 'A%2fB' }],
  ['uri', 'https://example.com/{tenant}', 'https://example.com/a?b', null],
  ['uri', 'https://example.com/{tenant}', 'https://example.com/a#b', null],
  ['uri', 'https://example.com/{tenant}', 'https://example.com/', null],
  ['uri', 'https://example.com/{tenant}/', 'https://example.com/a/', { tenant: 'a' }],
  ['uri', 'urn:example:a/{b}', 'urn:example:a/c', { b: 'c' }],
  ['dns', '{tenant}.svc.example.com', 'a.svc.example.com', { tenant: 'a' }],
  ['dns', '{tenant}.svc.example.com', 'b.a.svc.example.com', null],
  ['dns', '{Tenant}.SVC.{Zone}.Example.com', 'a.svc.b.example.com', { Tenant: 'a', Zone: 'b' }],
  ['dns', '**.{a}.{b}.example.com', 'y.x.2.1.example.com', { a: '2', b: '1' }],
  ['dns', '**.{a}.example.com', '1.example.com', null],
  ['email', '{user}@Example.com', 'Ada.L@example.com', { user: 'Ada.L' }],
  ['email', '{user}@example.com', 'ada@mail.example.com', null],
  ['upn', '{User_1}@Corp', '\u{212a}im@corp', { User_1: '\u{212a}im' }],
  ['ip', '192.0.2.0/24', '192.0.2.1', {}],
  ['ip', '192.0.2.0/24', '192.0.3.1', null],
  ['commonName', '{x}', '{x}', {}],
  ['commonName', '{x}', 'a', null],
]

t.test('captures whole segments, labels and local parts by name', (t) => {
  for (const [kind, text, identity, captured] of rows) {
    const found = compilePattern(kind, text).capture(identity)
    t.strictSame(plain(found), captured, `${text} of ${identity}`)
  }
  t.end()
})

/** As the expected ones are written. */
function plain(captured: ReadonlyMap<string, string> | null): unknown {
  return captured && Object.fromEntries(captured)
}

t.test('names its captures in their order, and keeps the names in its canonical form', (t) => {
  const table: readonly (readonly [IdentityKind, string, string, readonly string[]])[] = [
    ['spiffe', workload, workload, ['tenant', 'name']],
    ['spiffe', 'spiffe://a/b', 'spiffe://a/b', []],
    ['spiffe', 'spiffe://a/*', 'spiffe://a/*', []],
    ['uri', 'HTTPS://A.Example/{X}/**', 'https://a.example/{X}/**', ['X']],
    ['dns', '{B}.C.{A}.Example.COM', '{B}.c.{A}.example.com', ['B', 'A']],
    ['email', '{User}@Example.COM', '{User}@example.com', ['User']],
    ['upn', '{User}@Corp', '{User}@corp', ['User']],
    ['ip', '10.0.0.0/8', '10.0.0.0/8', []],
    ['commonName', '{x}', '{x}', []],
  ]
  for (const [kind, text, canonical, captures] of table) {
    const pattern = compilePattern(kind, text)
    t.equal(pattern.text, canonical)
    t.strictSame(pattern.captures, captures)
    t.ok(Object.isFrozen(pattern.captures))
    t.equal(compilePattern(kind, canonical).text, canonical)
  }
  t.end()
})

t.test('matches by a capture what it matches by a wildcard', (t) => {
  const captured = compilePattern('spiffe', workload)
  const wild = compilePattern('spiffe', 'spiffe://prod.example/ns/*/sa/*')
  for (const [, , identity] of rows) t.equal(captured.matches(identity), wild.matches(identity))
  t.equal(captured.exact, null)
  t.end()
})

t.test('takes nothing in an identity for a wildcard or a capture', (t) => {
  const table: readonly (readonly [IdentityKind, string, string, boolean])[] = [
    ['email', '{user}@example.com', '{user}@example.com', true],
    ['email', '{user}@example.com', '{other}@example.com', true],
    ['email', 'ada@example.com', '{user}@example.com', false],
    ['email', 'ada@example.com', '*@example.com', false],
    ['upn', 'ada@corp', '{user}@corp', false],
    ['spiffe', 'spiffe://a/b', 'spiffe://a/{x}', false],
    ['spiffe', 'spiffe://a/b', 'spiffe://a/*', false],
    ['spiffe', 'spiffe://a/b/c', 'spiffe://a/**', false],
    ['dns', 'a.example.com', '{x}.example.com', false],
    ['commonName', 'a', '{x}', false],
  ]
  for (const [kind, text, identity, matches] of table) {
    t.equal(compilePattern(kind, text).matches(identity), matches, `${text} of ${identity}`)
  }
  t.strictSame(plain(compilePattern('email', '{user}@a.example').capture('{user}@a.example')), {
    user: '{user}',
  })
  t.end()
})

t.test('takes braces in a local part that read as no capture for text', (t) => {
  const mailbox = 'SystemMailbox{e0dc1c29-89c3-4034-b678-e6c29d823ed9}@example.com'
  const table: readonly (readonly [IdentityKind, string])[] = [
    ['email', mailbox],
    ['upn', mailbox.toLowerCase()],
    ['email', '{@example.com'],
    ['email', '}@example.com'],
    ['email', 'a{b@example.com'],
    ['email', '}a{@example.com'],
    ['email', 'a{}b@example.com'],
    ['email', '{1}{2}@example.com'],
    ['upn', '{{1}}@corp'],
  ]
  for (const [kind, text] of table) {
    const { exact, captures, matches } = compilePattern(kind, text)
    t.equal(exact, text)
    t.strictSame(captures, [])
    t.ok(matches(text))
    t.notOk(matches(`x${text}`))
  }
  t.end()
})

t.test('refuses a capture that is partial, misplaced, misnamed or named twice', (t) => {
  const spiffe = 'spiffe://prod.example/ns/payments/sa/* or spiffe://prod.example/ns/payments/**'
  const uri = 'https://example.com/services/* or https://example.com/services/**'
  const dns = '*.svc.example.com or **.svc.example.com'
  const ip = '192.0.2.7, 192.0.2.0/24 or 2001:db8::/32'
  const account = 'billing@example.com or *@example.com'
  const segment = 'a capture must be a whole segment of the path'
  const label = 'a capture must be a whole label'
  const localPart = 'a capture must be the whole local part'
  const name = 'the name of a capture must be a letter, then letters, digits and _'
  const twice = 'two captures must not have one name'
  const wildSegment = 'a wildcard must be a whole segment of the path'
  const twoLabels = 'a pattern with a wildcard must end with two literal labels'
  const noIp = 'a pattern of IP addresses must not have captures'
  const table: readonly (readonly [IdentityKind, string, string, string])[] = [
    ['spiffe', 'spiffe://a/b{x}', segment, spiffe],
    ['spiffe', 'spiffe://a/{x}b', segment, spiffe],
    ['spiffe', 'spiffe://a/{x}{y}', segment, spiffe],
    ['spiffe', 'spiffe://a/{{x}}', segment, spiffe],
    ['spiffe', 'spiffe://a/{x', segment, spiffe],
    ['spiffe', 'spiffe://a/x}', segment, spiffe],
    ['spiffe', 'spiffe://a/}x{', segment, spiffe],
    ['spiffe', 'spiffe://{domain}/a', segment, spiffe],
    ['spiffe', '{id}', wildSegment, spiffe],
    ['spiffe', 'spiffe://a/{*}', wildSegment, spiffe],
    ['spiffe', 'spiffe://a/*{x}', wildSegment, spiffe],
    ['spiffe', 'spiffe://a/{}', name, spiffe],
    ['spiffe', 'spiffe://a/{1a}', name, spiffe],
    ['spiffe', 'spiffe://a/{_a}', name, spiffe],
    ['spiffe', 'spiffe://a/{a-b}', name, spiffe],
    ['spiffe', 'spiffe://a/{ a}', name, spiffe],
    ['spiffe', 'spiffe://a/{a\u{212a}}', name, spiffe],
    ['spiffe', 'spiffe://a/{__proto__}', name, spiffe],
    ['spiffe', 'spiffe://a/{x}/b/{x}', twice, spiffe],
    ['spiffe', 'spiffe://a/**/{x}', '** must be the last segment', spiffe],
    ['uri', 'https://example.com/a?{x}', segment, uri],
    ['uri', 'https://example.com/{x}?a', segment, uri],
    ['uri', 'https://example.com:{port}/a', segment, uri],
    ['uri', 'https://{host}/a', segment, uri],
    ['uri', '{scheme}://a/b', segment, uri],
    ['uri', 'https://a.example/{x}/b?c', 'a pattern with a wildcard must end with the path', uri],
    ['uri', 'urn:{x}', segment, uri],
    ['dns', 'a{x}.svc.example.com', label, dns],
    ['dns', '{x}', twoLabels, dns],
    ['dns', '{x}.com', twoLabels, dns],
    ['dns', 'a.{x}.com', twoLabels, dns],
    ['dns', 'a.example.{x}', twoLabels, dns],
    ['dns', '{}.svc.example.com', name, dns],
    ['dns', '{x.y}.svc.example.com', label, dns],
    ['dns', '{x}.{x}.example.com', twice, dns],
    ['dns', '{x}.**.svc.example.com', '** must be the first label', dns],
    ['email', 'a{user}@example.com', localPart, account],
    ['email', '{user}b@example.com', localPart, account],
    ['email', '{a}.{b}@example.com', localPart, account],
    ['email', '{{a}}@example.com', localPart, account],
    ['email', '{}@example.com', name, account],
    ['email', '{1}@example.com', name, account],
    ['email', '{first-name}@example.com', name, account],
    ['email', 'ada@{domain}', 'a wildcard must be the whole local part', account],
    ['email', 'ada@{x}.example.com', localPart, account],
    ['email', '{user}@*', 'a wildcard must be the whole local part', account],
    ['email', '{user}*@a.example', 'a wildcard must be the whole local part', account],
    ['email', '{user}@{user}', twice, account],
    ['email', '{user}', 'a wildcard must be the whole local part', account],
    ['upn', 'a{user}@corp', localPart, account],
    ['upn', '{a b}@corp', name, account],
    ['upn', 'ada@corp}', localPart, account],
    ['ip', '{x}', noIp, ip],
    ['ip', '192.0.2.{x}', noIp, ip],
    ['ip', '192.0.2.0/{x}', noIp, ip],
  ]
  for (const [kind, text, fault, example] of table) {
    const error = faultOf(() => compilePattern(kind, text))
    t.equal(error?.code, 'ERR_PEERGATE_PATTERN_INVALID', text)
    t.equal(error?.detail, `${fault}: ${JSON.stringify(text)}; write it like ${example}`)
  }
  t.end()
})
