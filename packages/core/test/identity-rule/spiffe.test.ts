import t from 'tap'
import { spiffe } from '@peergate/core'
import type { SpiffeOptions } from '@peergate/core'
import { certificateFacts, dnsName, namedBy, uriName } from '../support/certificate-facts.js'
import type { CertificateFacts } from '../support/certificate-facts.js'
import { faultOf } from '../support/fault-of.js'

const id = 'spiffe://prod.example/ns/payments/sa/worker'
const rule = spiffe({ trustDomain: 'prod.example' })

void t.test('refuses a certificate with a second URI, also if that is no SPIFFE ID', (t) => {
  const error = faultOf(() => rule.select(namedBy(uriName(id), uriName('https://example.com'))))
  t.equal(error?.code, 'ERR_PEERGATE_IDENTITY_AMBIGUOUS')
  t.end()
})

void t.test('refuses a URI that is no SPIFFE ID', (t) => {
  const certificate = namedBy(uriName('https://example.com'), dnsName('example.com'))
  const error = faultOf(() => rule.select(certificate))
  t.equal(error?.code, 'ERR_PEERGATE_IDENTITY_INVALID')
  t.equal(error?.detail, 'a SPIFFE ID must begin with spiffe://: "https://example.com"')
  t.end()
})

void t.test('refuses a certificate that may sign', (t) => {
  const rows: readonly (readonly [Partial<CertificateFacts>, found: string])[] = [
    [{ basicConstraints: { ca: true, pathLength: 0 } }, 'cA'],
    [{ keyUsage: ['digitalSignature', 'keyCertSign'] }, 'keyCertSign'],
    [{ keyUsage: ['cRLSign'] }, 'cRLSign'],
    [
      {
        basicConstraints: { ca: true, pathLength: null },
        keyUsage: ['cRLSign', 'keyCertSign'],
      },
      'cA, cRLSign, keyCertSign',
    ],
  ]
  for (const [facts, found] of rows) {
    const error = faultOf(() => rule.select(leaf(facts)))
    t.equal(error?.code, 'ERR_PEERGATE_IDENTITY_INVALID')
    t.ok(error?.detail.endsWith(`must not sign certificates or CRLs: it has ${found}`), found)
  }
  t.end()
})

void t.test('takes a leaf that does not state its constraints or usage', (t) => {
  t.equal(rule.select(leaf({ basicConstraints: null })), id)
  t.equal(rule.select(leaf({ keyUsage: null })), id)
  t.equal(rule.select(leaf({ keyUsage: ['digitalSignature', 'keyAgreement'] })), id)
  t.end()
})

void t.test('refuses an identity of another trust domain', (t) => {
  const domains = ['example', 'prod.example.evil', 'a.prod.example', 'prod.exampl', 'prodxexample']
  for (const domain of domains) {
    const error = faultOf(() => rule.select(namedBy(uriName(`spiffe://${domain}/worker`))))
    t.equal(error?.code, 'ERR_PEERGATE_TRUST_DOMAIN_MISMATCH', domain)
    t.equal(error?.statusCode, 403)
    t.equal(error?.detail, `the identity must belong to prod.example: "spiffe://${domain}/worker"`)
  }
  t.end()
})

void t.test('refuses options without the bare name of a trust domain', (t) => {
  const names = ['', 'spiffe://prod.example', 'Prod.example', 'prod.example/', 'a b', '*', 'pröd']
  const rows = [...names, 'a'.repeat(256), undefined, null, 1, ['prod.example']]
  for (const trustDomain of rows) {
    const error = faultOf(() => spiffe({ trustDomain } as SpiffeOptions))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID', JSON.stringify(trustDomain))
    t.match(error?.message, /trustDomain.*must be a trust domain.*such as "prod\.example"/)
  }
  t.end()
})

void t.test('refuses missing, misspelt and unknown options', (t) => {
  const untyped = spiffe as (options?: unknown) => unknown
  const misuses = [
    undefined,
    null,
    'prod.example',
    {},
    { trustdomain: 'prod.example' },
    { trustDomain: 'prod.example', trustDomains: ['prod.example'] },
  ]
  for (const options of misuses) {
    const error = faultOf(() => untyped(options))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID', JSON.stringify(options))
    t.match(error?.detail, 'spiffe: ')
  }
  t.end()
})

function leaf(facts: Partial<CertificateFacts>): CertificateFacts {
  return certificateFacts({ subjectAlternativeNames: [uriName(id)], ...facts })
}
