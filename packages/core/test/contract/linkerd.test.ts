import { linkerd } from '@peergate/core'
import type { NoOptions } from '@peergate/core'
import t from 'tap'
import { dnsName, uriName } from '../support/certificate-facts.js'
import { faultOf } from '../support/fault-of.js'
import { readLines, refused } from '../support/forwarded-text.js'

const contract = linkerd()

t.test('says what it reads', (t) => {
  t.equal(contract.name, 'linkerd')
  t.strictSame(contract.headers, [{ name: 'l5d-client-id' }])
  t.equal(contract.yields, 'assertion')
  t.ok(Object.isFrozen(contract))
  t.end()
})

t.test('yields the name of a client that the sidecar verified', (t) => {
  // linkerd/linkerd2-proxy: linkerd/app/inbound/src/http/set_identity_header.rs
  const workload = 'default.emojivoto.serviceaccount.identity.linkerd.cluster.local'
  const external = 'spiffe://root.linkerd.cluster.local/external-workload'
  for (const [value, name] of [
    [workload, dnsName(workload)],
    [external, uriName(external)],
  ] as const) {
    const expected = { names: [name], fingerprint256: null, assurance: 'proxy-verified' }
    t.strictSame(readLines(contract, [value]), expected)
  }
  t.end()
})

t.test('refuses what is no name of a workload', (t) => {
  for (const value of [
    'spiffe://root.linkerd.cluster.local',
    'SPIFFE://root.linkerd.cluster.local/a',
    'spiffe://root.linkerd.cluster.local/a, spiffe://root.linkerd.cluster.local/b',
    'a.b, c.d',
    '*.emojivoto.serviceaccount.identity.linkerd.cluster.local',
    'https://example.com/a',
    '192.0.2.1',
    ' a',
  ]) {
    const fault = 'must be a DNS name or a SPIFFE ID'
    t.strictSame(readLines(contract, [value]), refused('MALFORMED', fault), value)
  }
  t.strictSame(readLines(contract, ['a.b', 'a.b']), refused('AMBIGUOUS', 'must be sent once'))
  t.end()
})

t.test('takes no header for no client', (t) => {
  t.strictSame(readLines(contract, []), refused('MISSING', 'the proxy sent no l5d-client-id'))
  const absent = refused('MISSING', 'says that the client has no certificate')
  t.strictSame(readLines(contract, ['']), absent)
  t.end()
})

t.test('takes no options', (t) => {
  const fault = faultOf(() => linkerd({ proxyVerifies: true } as unknown as NoOptions))
  t.equal(fault?.code, 'ERR_PEERGATE_OPTION_INVALID')
  t.equal(fault?.detail, 'linkerd: option "proxyVerifies" is not known')
  t.end()
})
