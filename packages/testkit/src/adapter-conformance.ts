import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { ClientIdentity, PeerGateErrorCode } from '@peergate/core'
import { forwardedHeaders, proxyId, readerId } from './conformance-gates.js'
import { assertProblem, withClient } from './conformance-target.js'
import type { ConformanceCase, ConformanceTarget } from './conformance-target.js'
import type { LeafRequest } from './pki-declaration.js'

/** What every adapter must do, over real handshakes; for any test runner to loop over. */
export const adapterConformance: readonly ConformanceCase[] = [
  {
    name: 'attaches the whole identity of the peer',
    run: (target) =>
      withClient(target, {}, async (client, { leaf }) => {
        const { status, body } = await client.request('GET', '/me')
        assert.equal(status, 200)
        const identity = JSON.parse(body) as ClientIdentity
        assert.deepEqual(identity, {
          kind: 'spiffe',
          value: readerId,
          issuer: 'CN=Payments Client CA,O=Example',
          serialNumber: identity.serialNumber,
          fingerprint256: identity.fingerprint256,
          notBefore: leaf.notBefore.getTime(),
          notAfter: leaf.notAfter.getTime(),
          assurance: 'tls',
          source: 'socket',
          trustSet: 'payments',
        })
        assert.match(String(identity.serialNumber), /^(?:[0-9A-F]{2})+$/u)
        assert.match(String(identity.fingerprint256), /^[0-9A-F]{2}(?::[0-9A-F]{2}){31}$/u)
      }),
  },
  {
    name: 'lets a peer do what it is granted, and answers 403 to what it is not',
    run: (target) =>
      withClient(target, {}, async (client) => {
        assert.equal((await client.request('GET', '/invoices/42')).status, 200)
        const denied = await client.request('POST', '/invoices')
        assertProblem(denied, 403, 'ERR_PEERGATE_PERMISSION_DENIED')
        assert.equal((await client.request('GET', '/me')).status, 200)
      }),
  },
  {
    name: 'lets a peer of the set that a route demands do what it is granted',
    run: (target) =>
      withClient(target, {}, async (client) => {
        assert.equal((await client.request('GET', '/payments-only')).status, 200)
      }),
  },
  ...outsideOfPayments().map(([name, issuer]) => ({
    name: `answers 403 to ${name} where a route demands a set, whatever it is granted`,
    run: (target: ConformanceTarget) =>
      withClient(target, { issuer }, async (client, { app }) => {
        assert.equal((await client.request('GET', '/invoices/42')).status, 200)
        const denied = await client.request('GET', '/payments-only')
        assertProblem(denied, 403, 'ERR_PEERGATE_TRUST_SET_MISMATCH')
        assert.equal((await client.request('GET', '/me')).status, 200)
        assert.equal(app.handled(), 2)
      }),
  })),
  {
    name: 'answers with the first requirement of a route that is not met',
    run: (target) =>
      withClient(target, { issuer: 'batch-client-ca', uri: [batchId] }, async (client) => {
        const denied = await client.request('GET', '/payments-only')
        assertProblem(denied, 403, 'ERR_PEERGATE_PERMISSION_DENIED')
      }),
  },
  {
    name: 'lets HEAD do what GET may do, and no more',
    run: async (target) => {
      await withClient(target, {}, async (client) => {
        assert.equal((await client.request('HEAD', '/invoices/42')).status, 200)
      })
      await withClient(target, { uri: [] }, async (client) => {
        assert.equal((await client.request('HEAD', '/invoices/42')).status, 403)
      })
    },
  },
  {
    name: 'takes no identity from a header',
    run: (target) =>
      withClient(target, { uri: [], dns: ['a.example'] }, async (client) => {
        const response = await client.request('GET', '/me', {
          'x-forwarded-client-cert': `URI=${readerId}`,
          'client-cert': ':AAAA:',
          'x-ssl-client-verify': 'SUCCESS',
        })
        assertProblem(response, 403, 'ERR_PEERGATE_IDENTITY_MISSING')
      }),
  },
  ...identityFaults().map(([name, leaf, code]) => ({
    name: `answers 403 to a certificate with ${name}, and lets it into a public route without an identity`,
    run: (target: ConformanceTarget) =>
      withClient(target, leaf, async (client) => {
        assertProblem(await client.request('GET', '/invoices/42'), 403, code)
        assertProblem(await client.request('GET', '/payments-only'), 403, code)
        assertProblem(await client.request('GET', '/me'), 403, code)
        const open = await client.request('GET', '/open')
        assert.deepEqual([open.status, open.body], [200, 'null'])
      }),
  })),
  {
    name: 'tells a peer without an identity nothing of what exists',
    run: (target) =>
      withClient(target, { uri: [] }, async (client) => {
        const existing = await client.request('GET', '/invoices/42')
        const missing = await client.request('GET', '/no-such-route')
        assertProblem(missing, 403, 'ERR_PEERGATE_IDENTITY_MISSING')
        assert.equal(missing.body, existing.body)
      }),
  },
  {
    name: 'answers 404 to an identified peer for what does not exist',
    run: (target) =>
      withClient(target, {}, async (client) => {
        assert.equal((await client.request('GET', '/no-such-route')).status, 404)
      }),
  },
  {
    name: 'refuses a certificate that expires on a connection which stays open',
    run: (target) =>
      withClient(target, { validity: { from: '-1h', to: '+2s' } }, async (client, { leaf }) => {
        assert.equal((await client.request('GET', '/open')).status, 200)
        await wait(leaf.notAfter.getTime() - Date.now() + 50)
        const expired = 'ERR_PEERGATE_CERTIFICATE_EXPIRED'
        assertProblem(await client.request('GET', '/me'), 401, expired)
        assertProblem(await client.request('GET', '/open'), 401, expired)
        assertProblem(await client.request('GET', '/no-such-route'), 401, expired)
      }),
  },
  ...refusedBeforeHttp().map(([name, leaf, code]) => ({
    name: `refuses ${name} before HTTP`,
    run: (target: ConformanceTarget) =>
      withClient(target, leaf, async (client, { app, gates }) => {
        await assert.rejects(client.request('GET', '/open'))
        assert.equal(app.handled(), 0)
        assert.equal((await gates.refused).error.code, code)
      }),
  })),
  {
    name: 'identifies the client that a trusted proxy forwards, and never the proxy',
    run: (target) =>
      withClient(
        target,
        proxyRequest,
        async (client, { gates }) => {
          const { certificate } = await gates.issueClient()
          const forwarded = forwardedHeaders(certificate)
          const { status, body } = await client.request('GET', '/me', forwarded)
          assert.equal(status, 200)
          const { value, source, assurance, trustSet } = JSON.parse(body) as ClientIdentity
          assert.deepEqual(
            [value, source, assurance, trustSet],
            [readerId, 'rfc9440', 'proxy-verified', 'payments'],
          )
          assert.equal((await client.request('GET', '/invoices/42', forwarded)).status, 200)
          const denied = await client.request('POST', '/invoices', forwarded)
          assertProblem(denied, 403, 'ERR_PEERGATE_PERMISSION_DENIED')
          const bare = await client.request('GET', '/me')
          assertProblem(bare, 401, 'ERR_PEERGATE_FORWARDED_IDENTITY_MISSING')
          const open = await client.request('GET', '/open')
          assert.deepEqual([open.status, open.body], [200, 'null'])
          const twice = { ...forwarded, client_cert: 'a' }
          const aliased = await client.request('GET', '/open', twice)
          assertProblem(aliased, 401, 'ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS')
        },
        { behindProxy: true },
      ),
  },
  {
    name: 'refuses forwarded identities of whoever is no trusted proxy',
    run: (target) =>
      withClient(
        target,
        {},
        async (client, { gates, app }) => {
          const { certificate } = await gates.issueClient()
          const forged = await client.request('GET', '/open', forwardedHeaders(certificate))
          assertProblem(forged, 401, 'ERR_PEERGATE_PROXY_UNTRUSTED')
          assertProblem(await client.request('GET', '/me'), 401, 'ERR_PEERGATE_PROXY_UNTRUSTED')
          assert.equal(app.handled(), 0)
        },
        { behindProxy: true },
      ),
  },
  {
    name: 'answers 421 to a request for another host than its connection',
    run: (target) =>
      withClient(
        target,
        {},
        async (client) => {
          const here = { [hostHeaders[target.protocol]]: 'localhost' }
          assert.equal((await client.request('GET', '/me', here)).status, 200)
          const elsewhere = { [hostHeaders[target.protocol]]: 'other.example' }
          const mismatch = 'ERR_PEERGATE_HOST_MISMATCH'
          assertProblem(await client.request('GET', '/me', elsewhere), 421, mismatch)
          assertProblem(await client.request('GET', '/open', elsewhere), 421, mismatch)
          assertProblem(await client.request('GET', '/no-such-route', elsewhere), 421, mismatch)
        },
        { byHost: true },
      ),
  },
  {
    name: 'names a code’s page in the problem type, if it is told where the pages are',
    run: (target) =>
      withClient(
        target,
        {},
        async (client) => {
          const { body } = await client.request('POST', '/invoices')
          assert.deepEqual(JSON.parse(body), {
            type: 'https://errors.example/ERR_PEERGATE_PERMISSION_DENIED',
            title: 'the client may not do this',
            status: 403,
            code: 'ERR_PEERGATE_PERMISSION_DENIED',
          })
        },
        { answering: { problemTypeBase: 'https://errors.example/' } },
      ),
  },
  {
    name: 'answers a refusal in one line of text, if the client prefers that',
    run: (target) =>
      withClient(target, {}, async (client) => {
        const accept = 'text/plain, application/json;q=0.5'
        const { status, headers, body } = await client.request('POST', '/invoices', { accept })
        assert.equal(status, 403)
        assert.equal(headers['content-type'], 'text/plain; charset=utf-8')
        assert.equal(headers['vary'], 'accept')
        assert.equal(body, '403 the client may not do this (ERR_PEERGATE_PERMISSION_DENIED)\n')
      }),
  },
  {
    name: 'answers HEAD with the headers of the refusal and no body',
    run: (target) =>
      withClient(target, { uri: [] }, async (client) => {
        const json = await client.request('HEAD', '/me')
        assert.equal(json.status, 403)
        assert.equal(json.headers['content-type'], 'application/problem+json')
        assert.equal(json.body, '')
        const text = await client.request('HEAD', '/me', { accept: 'text/plain' })
        assert.equal(text.status, 403)
        assert.equal(text.headers['content-type'], 'text/plain; charset=utf-8')
        assert.equal(text.body, '')
      }),
  },
]

function outsideOfPayments(): readonly (readonly [string, issuer: string])[] {
  return [
    ['a peer of another set', 'batch-client-ca'],
    // Of two sets, with an issuer that neither names.
    ['a peer whose set is not known', 'payments-intermediate'],
  ]
}

const proxyRequest = { issuer: 'batch-client-ca', uri: [proxyId] }

const hostHeaders = { 'http/1.1': 'host', h2: ':authority' } as const

/** An identity that holds nothing. */
const batchId = 'spiffe://prod.example/ns/batch/sa/worker'

type IdentityFault = readonly [string, Partial<LeafRequest>, PeerGateErrorCode]

function identityFaults(): readonly IdentityFault[] {
  return [
    ['no identity of the agreed form', { uri: [] }, 'ERR_PEERGATE_IDENTITY_MISSING'],
    ['two identities', { uri: [readerId, `${readerId}2`] }, 'ERR_PEERGATE_IDENTITY_AMBIGUOUS'],
    [
      'a malformed identity',
      { uri: ['spiffe://prod.example/a//b'] },
      'ERR_PEERGATE_IDENTITY_INVALID',
    ],
    [
      'an identity of another trust domain',
      { uri: ['spiffe://test.example/ns/payments/sa/reader'] },
      'ERR_PEERGATE_TRUST_DOMAIN_MISMATCH',
    ],
  ]
}

function refusedBeforeHttp(): readonly (readonly [
  string,
  Partial<LeafRequest> | null,
  PeerGateErrorCode,
])[] {
  const expired = { from: '-2d', to: '-1d' }
  const future = { from: '+1d', to: '+2d' }
  return [
    ['no certificate', null, 'ERR_PEERGATE_CERTIFICATE_MISSING'],
    ['a rogue CA', { issuer: 'rogue-client-ca' }, 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED'],
    ['an expired certificate', { validity: expired }, 'ERR_PEERGATE_CERTIFICATE_EXPIRED'],
    ['one not valid yet', { validity: future }, 'ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID'],
    ['one for servers', { usage: 'server' }, 'ERR_PEERGATE_CERTIFICATE_PURPOSE_WRONG'],
    [
      'one without its intermediate',
      { issuer: 'payments-intermediate', chain: false },
      'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
    ],
    ['one that may sign others', { ca: true }, 'ERR_PEERGATE_CERTIFICATE_IS_CA'],
  ]
}
