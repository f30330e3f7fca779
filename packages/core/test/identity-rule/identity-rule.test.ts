import t from 'tap'
import { commonName, dnsSan, emailSan, ipSan, spiffe, upn, uriSan } from '@peergate/core'
import type { IdentityKind, IdentityRule } from '@peergate/core'
import {
  certificateFacts,
  commonlyNamed,
  dnsName,
  emailName,
  ipName,
  namedBy,
  otherName,
  principalName,
  uriName,
} from '../support/certificate-facts.js'
import type { CertificateFacts, SubjectAlternativeName } from '../support/certificate-facts.js'
import { faultOf } from '../support/fault-of.js'
import { createSeededRandom } from '../support/seeded-random.js'

interface NameRule {
  readonly rule: IdentityRule
  readonly kind: IdentityKind
  readonly type: string
  readonly name: SubjectAlternativeName
  readonly identity: string
}

const nameRules: readonly NameRule[] = [
  {
    rule: spiffe({ trustDomain: 'prod.example' }),
    kind: 'spiffe',
    type: 'uniformResourceIdentifier',
    name: uriName('spiffe://prod.example/ns/payments/sa/worker'),
    identity: 'spiffe://prod.example/ns/payments/sa/worker',
  },
  {
    rule: uriSan(),
    kind: 'uri',
    type: 'uniformResourceIdentifier',
    name: uriName('urn:example:worker'),
    identity: 'urn:example:worker',
  },
  {
    rule: dnsSan(),
    kind: 'dns',
    type: 'dNSName',
    name: dnsName('Worker.example'),
    identity: 'worker.example',
  },
  {
    rule: ipSan(),
    kind: 'ip',
    type: 'iPAddress',
    name: ipName(192, 0, 2, 7),
    identity: '192.0.2.7',
  },
  {
    rule: emailSan(),
    kind: 'email',
    type: 'rfc822Name',
    name: emailName('Ada@Example.com'),
    identity: 'Ada@example.com',
  },
  {
    rule: upn(),
    kind: 'upn',
    type: 'otherName 1.3.6.1.4.1.311.20.2.3',
    name: principalName('Ada@Example.com'),
    identity: 'ada@example.com',
  },
]

const bystanders: readonly SubjectAlternativeName[] = [
  otherName('1.3.6.1.5.5.7.8.9', 'ada@example.com'),
  { type: 'registeredID', value: '1.3.6.1' },
  { type: 'directoryName', value: [] },
]

void t.test('selects the one name of the form, whatever names of others stand beside it', (t) => {
  for (const { rule, kind, type, name, identity } of nameRules) {
    const others = nameRules.filter((other) => other.type !== type).map((other) => other.name)
    t.equal(rule.kind, kind)
    t.equal(rule.select(namedBy(name)), identity)
    t.equal(rule.select(namedBy(...bystanders, ...others, name)), identity)
  }
  t.end()
})

void t.test('refuses a certificate without a name of the form', (t) => {
  for (const { rule, type } of nameRules) {
    const error = faultOf(() => rule.select(certificateFacts()))
    t.equal(error?.code, 'ERR_PEERGATE_IDENTITY_MISSING', type)
    t.equal(error?.detail, `the certificate must have exactly one ${type}, found 0 among no names`)
  }
  t.end()
})

void t.test('takes no name of another form', (t) => {
  for (const { rule, type } of nameRules) {
    const others = nameRules.filter((other) => other.type !== type).map((other) => other.name)
    const certificate = { ...commonlyNamed('worker.example'), subjectAlternativeNames: others }
    t.equal(faultOf(() => rule.select(certificate))?.code, 'ERR_PEERGATE_IDENTITY_MISSING', type)
  }
  t.end()
})

void t.test('refuses two names of the form, even if they are equal', (t) => {
  for (const { rule, type, name } of nameRules) {
    const error = faultOf(() => rule.select(namedBy(name, dnsName('a.example'), name)))
    t.equal(error?.code, 'ERR_PEERGATE_IDENTITY_AMBIGUOUS', type)
    t.equal(error?.statusCode, 403)
    t.match(error?.detail, `the certificate must have exactly one ${type}, found `)
  }
  t.end()
})

void t.test('counts what it found by type, without quoting it', (t) => {
  const name = nameRules[2]?.name ?? dnsName('')
  const names = [name, emailName('ada@example.com'), name, ipName(192, 0, 2, 7), name]
  t.equal(
    faultOf(() => dnsSan().select(namedBy(...names)))?.detail,
    'the certificate must have exactly one dNSName, found 3 among 3 dNSName, 1 rfc822Name, 1 iPAddress',
  )
  t.end()
})

void t.test('is frozen', (t) => {
  for (const { rule } of nameRules) t.ok(Object.isFrozen(rule))
  t.ok(Object.isFrozen(commonName()))
  t.end()
})

void t.test('refuses every option that a rule does not have', (t) => {
  const factories = { uriSan, dnsSan, ipSan, emailSan, upn, commonName }
  for (const [owner, factory] of Object.entries(factories)) {
    const untyped = factory as (options: unknown) => IdentityRule
    for (const options of [{ suffix: 'example.com' }, null, 'example.com', 1]) {
      const error = faultOf(() => untyped(options))
      t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID', `${owner}(${JSON.stringify(options)})`)
      t.match(error?.detail, `${owner}: `)
    }
    t.doesNotThrow(() => untyped({}))
    t.doesNotThrow(() => untyped(undefined))
  }
  t.end()
})

void t.test('reads any text without any error but its own, and to one canonical form', (t) => {
  const random = createSeededRandom(5280)
  const certificates: readonly [IdentityRule, (text: string) => CertificateFacts][] = [
    [spiffe({ trustDomain: 'a' }), (text) => namedBy(uriName(text))],
    [uriSan(), (text) => namedBy(uriName(text))],
    [dnsSan(), (text) => namedBy(dnsName(text))],
    [emailSan(), (text) => namedBy(emailName(text))],
    [upn(), (text) => namedBy(principalName(text))],
    [commonName(), (text) => commonlyNamed(text)],
  ]
  const common = ['spiffe://a/', 'urn:', 'A', 'a', '/', '.', ':', '@', '-', '?', '#', '['] as const
  const pieces = [
    ...common,
    '::1]',
    '*',
    '%2e',
    '%',
    '1',
    '//',
    ' ',
    '\0',
    '\u{212a}',
    '\u{d800}',
  ] as const
  for (const [rule, certify] of certificates) {
    let accepted = 0
    for (let round = 0; round < 4000; round += 1) {
      const text = Array.from({ length: random.below(7) }, () => random.pick(pieces)).join('')
      const canonical = selected(rule, certify(text))
      if (canonical === null) continue
      accepted += 1
      if (selected(rule, certify(canonical)) !== canonical) t.fail(JSON.stringify(text))
    }
    t.ok(accepted > 0, `${rule.kind} accepted ${accepted}`)
  }
  t.end()
})

/** The identity; null where the rule refuses it for its form. */
function selected(rule: IdentityRule, certificate: CertificateFacts): string | null {
  let identity: string | null = null
  const error = faultOf(() => {
    identity = rule.select(certificate)
  })
  if (error !== null && error.code !== 'ERR_PEERGATE_IDENTITY_INVALID') throw error
  return identity
}
