import { Socket } from 'node:net'
import type { TrustedByAddressOptions, TrustedByCertificateOptions } from '@peergate/core'
import {
  dnsSan,
  forwardedSource,
  nginx,
  spiffe,
  trustedByAddress,
  trustedByCertificate,
} from '@peergate/core'
import { createConformanceGates, openTestClient, readerId } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { faultOf } from '../support/fault-of.js'
import { createForwardedGate } from '../support/forwarding-server.js'
import { createServerOf, listen } from '../support/tls-connection.js'
import { createTlsSetting } from '../support/tls-setting.js'

/** A socket of Node's that says that its peer has this address. */
function socketFrom(remoteAddress: unknown): Socket {
  return Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress })
}

/** Whether a sender is trusted who connects from `remoteAddress`. */
function trusts(addresses: readonly string[], remoteAddress: unknown): boolean {
  const request = { socket: socketFrom(remoteAddress) }
  return trustedByAddress({ addresses }).refusalOf(request) === null
}

t.test('takes no mocked socket for a connection', (t) => {
  const request = { socket: { remoteAddress: '127.0.0.1' } }
  t.equal(
    trustedByAddress({ addresses: ['127.0.0.1'] }).refusalOf(request)?.detail,
    'the sender is not a trusted proxy: it has no connection',
  )
  t.end()
})

t.test('trusts the addresses of its networks, in every form, and no other', (t) => {
  for (const [network, inside, outside] of [
    [
      '10.4.0.0/16',
      ['10.4.0.0', '10.4.255.255', '::ffff:10.4.7.1'],
      ['10.5.0.0', '10.3.255.255', '::10.4.0.1'],
    ],
    ['192.0.2.7', ['192.0.2.7', '::ffff:192.0.2.7', '::ffff:c000:207'], ['192.0.2.8']],
    ['192.0.2.7/32', ['192.0.2.7'], ['192.0.2.6']],
    ['0.0.0.0/1', ['127.0.0.1'], ['128.0.0.1', '::1']],
    ['2001:db8::/32', ['2001:db8::1', '2001:DB8:ffff::'], ['2001:db9::1', '10.0.0.1']],
    ['::1', ['::1', '0:0:0:0:0:0:0:1', '::1%lo'], ['::2', '127.0.0.1']],
    ['fe80::1', ['fe80::1', 'fe80::1%eth0', 'fe80::1%1'], ['fe80::2', 'fe80::2%eth0']],
    ['fe80::/10', ['fe80::1%eth0', 'febf::1'], ['fec0::1']],
    ['fe80::1%eth0', ['fe80::1%eth0'], ['fe80::1', 'fe80::1%eth1', 'fe80::1%eth']],
    ['fe80::%eth0/64', ['fe80::7%eth0'], ['fe80::7', 'fe80::7%eth1', 'fe80:0:0:1::%eth0']],
  ] as const) {
    for (const address of inside) t.ok(trusts([network], address), `${address} in ${network}`)
    for (const address of outside) {
      t.notOk(trusts([network], address), `${address} not in ${network}`)
    }
  }
  t.ok(trusts(['192.0.2.1', '10.0.0.0/8'], '10.1.2.3'))
  t.end()
})

t.test('never trusts an address that is missing, or is none', (t) => {
  for (const address of [undefined, null, '', 'localhost', '10.0.0', 1, {}]) {
    t.notOk(trusts(['0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1'], address))
  }
  t.end()
})

t.test('remembers the proof of a connection', (t) => {
  let reads = 0
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', {
    get() {
      reads += 1
      return reads === 1 ? '10.0.0.1' : undefined
    },
  })
  const proxies = trustedByAddress({ addresses: ['10.0.0.1'] })
  t.equal(proxies.refusalOf({ socket }), null)
  t.equal(proxies.refusalOf({ socket }), null)
  t.equal(reads, 1)
  const other = { socket: socketFrom('10.0.0.2') }
  for (const turn of ['first', 'second']) {
    t.equal(
      proxies.refusalOf(other)?.detail,
      'the sender is not a trusted proxy: its address 10.0.0.2 is none of the trusted',
      turn,
    )
  }
  t.equal(proxies.proof, 'address')
  t.end()
})

t.test('takes no addresses that say more than they seem to', (t) => {
  const anywhere = /every sender would be believed; name the proxies, or state dangerously/u
  for (const [options, fault] of [
    [{ addresses: [] }, /option "addresses" must name at least one address/u],
    [{}, /option "addresses" is missing/u],
    [{ addresses: ['localhost'] }, /option "addresses\.0": a network must be an IP address/u],
    [
      { addresses: ['10.0.0.1', '10.0.0.5/8'] },
      /option "addresses\.1": a network must have no bits/u,
    ],
    [{ addresses: ['10.0.0.0/33'] }, /the prefix length of a network must be 0 to 32/u],
    [{ addresses: ['10.0.0.0/08'] }, /the prefix length of a network must be 0 to 32/u],
    [{ addresses: ['10.0.0.0/8/8'] }, /a network must be an IP address, \/ and a prefix/u],
    [{ addresses: ['::ffff:10.0.0.1'] }, /write an IPv4-mapped address as IPv4/u],
    [{ addresses: ['::ffff:0:0/96'] }, /write an IPv4-mapped address as IPv4/u],
    [{ addresses: ['0.0.0.0/0'] }, anywhere],
    [{ addresses: ['10.0.0.0/8', '::/0'] }, anywhere],
    [{ addresses: ['::/0'], dangerouslyTrustEveryAddress: false }, /dangerouslyTrustEvery/u],
    [{ adresses: ['10.0.0.1'] }, /option "adresses" is not known; did you mean "addresses"\?/u],
  ] as const) {
    const written = options as unknown as TrustedByAddressOptions
    t.match(faultOf(() => trustedByAddress(written))?.detail, fault)
  }
  t.end()
})

t.test('trusts every address only where that is stated, and warns', async (t) => {
  const warned = new Promise<{ code?: string }>((resolve) => process.once('warning', resolve))
  const proxies = trustedByAddress({ addresses: ['0.0.0.0/0'], dangerouslyTrustEveryAddress: true })
  t.equal((await warned).code, 'PEERGATE_EVERY_ADDRESS_TRUSTED')
  t.equal(proxies.refusalOf({ socket: socketFrom('203.0.113.9') }), null)
  t.not(proxies.refusalOf({ socket: new Socket() }), null, 'a missing address is none')
})

const { pki, options, createGate, anonymous } = await createTlsSetting()
const { issueClient } = await createConformanceGates()
const edge = 'spiffe://prod.example/ns/edge/sa/proxy'
const identity = spiffe({ trustDomain: 'prod.example' })
const batch = pki.authority('batch-client-ca').certificate

/** What a server tells the proxy with `leaf` of itself and of the client that it forwards. */
async function startSecondHop(t: Test, own: Partial<TrustedByCertificateOptions> = {}) {
  const { tls } = createGate({ clientCas: { ...options.clientCas, batch } })
  const trustedProxies = trustedByCertificate({
    tls,
    identity,
    allow: [edge],
    trustSet: 'batch',
    ...own,
  })
  const contract = nginx({ certificate: 'x-client-cert', verify: 'x-client-verify' })
  const gate = createForwardedGate(forwardedSource({ contract, trustedProxies }))
  const server = createServerOf('http/1.1', tls.serverOptions, (request) => {
    const { identity: client, refusal } = gate.admit(request)
    return client?.value ?? `${refusal?.code}: ${refusal?.detail}`
  })
  tls.attach(server)
  const port = await listen(t, server)
  return async (issuer: string, uri: string) => {
    const leaf = await pki.issue({ issuer, subject: 'CN=proxy', usage: 'client', uri: [uri] })
    const client = openTestClient({ port, serverCa: anonymous.ca, leaf, protocol: 'http/1.1' })
    t.teardown(() => client.close())
    const { certificate } = await issueClient()
    const { body } = await client.request('GET', '/', {
      'x-client-cert': encodeURIComponent(certificate),
      'x-client-verify': 'SUCCESS',
    })
    return { body, tls }
  }
}

t.test('trusts a proxy that proves an allowed identity of the set of proxies', async (t) => {
  const ask = await startSecondHop(t)
  t.equal((await ask('batch-client-ca', edge)).body, readerId)
  const refused = 'ERR_PEERGATE_PROXY_UNTRUSTED: the sender is not a trusted proxy: '
  t.equal(
    (await ask('payments-client-ca', edge)).body,
    `${refused}it was admitted by another set than "batch"`,
  )
  t.equal(
    (await ask('batch-client-ca', readerId)).body,
    `${refused}its identity "${readerId}" is none of the allowed`,
  )
  t.equal(
    (await ask('batch-client-ca', 'urn:no:id')).body,
    `${refused}it is not identified (ERR_PEERGATE_IDENTITY_INVALID)`,
  )
})

t.test('trusts no proxy that the TLS gate does not accept any more', async (t) => {
  const { tls } = createGate()
  const trustedProxies = trustedByCertificate({ tls, identity, allow: [edge] })
  t.equal(trustedProxies.refusalOf({})?.code, 'ERR_PEERGATE_CONNECTION_CLOSED')
  t.equal(trustedProxies.refusalOf({ socket: {} })?.code, 'ERR_PEERGATE_CONNECTION_NOT_TLS')
})

t.test('takes no proxies by certificate that nobody named', (t) => {
  const one = createGate().tls
  const two = createGate({ clientCas: { ...options.clientCas, batch } }).tls
  const whole = { tls: one, identity, allow: [edge] }
  for (const [own, fault] of [
    [{ tls: { ...one } }, /option "tls" must be made by createTlsGate/u],
    [{ identity: 'spiffe' }, /option "identity" must be an identity rule/u],
    [{ allow: [] }, /option "allow" must name at least one identity/u],
    [{ allow: [edge, 'spiffe://prod.example/*'] }, /option "allow\.1": every path segment/u],
    [{ identity: dnsSan() }, /option "allow\.0": every label of a DNS name/u],
    [
      { tls: two },
      /option "trustSet" must name the set of the proxies, one of "payments", "batch"/u,
    ],
    [{ tls: two, trustSet: 'edge' }, /option "trustSet" must name the set of the proxies/u],
    [
      { trustSet: 'batch' },
      /option "trustSet" must name the set of the proxies, one of "payments"/u,
    ],
    [{ allowed: [edge] }, /option "allowed" is not known; did you mean "allow"\?/u],
  ] as const) {
    const written = { ...whole, ...own } as unknown as TrustedByCertificateOptions
    t.match(faultOf(() => trustedByCertificate(written))?.detail, fault)
  }
  t.doesNotThrow(() => trustedByCertificate({ ...whole, trustSet: 'payments' }))
  t.end()
})

t.test('trusts nobody of whom it cannot tell who it is', (t) => {
  const proxies = trustedByAddress({ addresses: ['127.0.0.1'] })
  const refusal = proxies.refusalOf(null as never)
  t.match(refusal, { code: 'ERR_PEERGATE_GATE_FAULTY', detail: /could not tell who sent/u })
  t.end()
})
