import { cloudFoundry } from '@peergate/core'
import type { ProxyVerifies } from '@peergate/core'
import t from 'tap'
import { faultOf } from '../support/fault-of.js'
import { certificateOf, escaped, pemOf, readLines, refused } from '../support/forwarded-text.js'

const contract = cloudFoundry({ proxyVerifies: true })
const leaf = certificateOf(1)
const base64 = base64Of(leaf)

function base64Of(...parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString('base64')
}

t.test('says what it reads', (t) => {
  t.equal(contract.name, 'cloud-foundry')
  t.strictSame(contract.headers, [{ name: 'x-forwarded-client-cert' }])
  t.equal(contract.yields, 'certificate')
  t.ok(Object.isFrozen(contract))
  t.end()
})

t.test('yields the certificate, with what the operator states of the router', (t) => {
  const expected = { leaf, chain: [], assurance: 'proxy-verified' }
  t.strictSame(readLines(contract, [base64]), expected)
  const asserting = cloudFoundry({ proxyVerifies: false })
  t.strictSame(readLines(asserting, [base64]), { ...expected, assurance: 'proxy-asserted' })
  t.end()
})

t.test('refuses what is not one certificate in base64', (t) => {
  const canonical = 'must be canonical base64'
  const rows: readonly (readonly [value: string, code: string, fault: string])[] = [
    ['', 'MISSING', 'says that the client has no certificate'],
    // cloudfoundry/gorouter: handlers/clientcert_test.go, what always_forward lets through
    ['trusted-xfcc-header', 'MALFORMED', canonical],
    [base64.slice(0, -1), 'MALFORMED', canonical],
    [`${base64} `, 'MALFORMED', canonical],
    [`${base64},${base64}`, 'MALFORMED', canonical],
    [`:${base64}:`, 'MALFORMED', canonical],
    // Envoy’s
    [`Hash=a;Cert="${escaped(pemOf(leaf))}"`, 'MALFORMED', canonical],
    [base64Of(leaf, leaf), 'MALFORMED', 'must hold one certificate and nothing behind it'],
  ]
  for (const [value, code, fault] of rows) {
    t.strictSame(readLines(contract, [value]), refused(code, fault), value.slice(0, 60))
  }
  t.strictSame(readLines(contract, [base64, base64]), refused('AMBIGUOUS', 'must be sent once'))
  const none = refused('MISSING', 'the proxy sent no x-forwarded-client-cert')
  t.strictSame(readLines(contract, []), none)
  t.end()
})

t.test('refuses to be made without the operator’s word', (t) => {
  const fault = faultOf(() => cloudFoundry({} as ProxyVerifies))
  t.equal(fault?.code, 'ERR_PEERGATE_OPTION_INVALID')
  t.equal(
    fault?.detail,
    'cloudFoundry: option "proxyVerifies" must state whether the proxy verifies its clients: nothing in its headers does',
  )
  t.end()
})
