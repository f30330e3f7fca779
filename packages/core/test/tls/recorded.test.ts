import { createConformanceGates, openTestClient } from '@peergate/testkit'
import type { LeafRequest } from '@peergate/testkit'
import t from 'tap'
import { startReloadingServer } from '../support/reloading-server.js'

const { issueClient, pki } = await createConformanceGates()
const expired = { from: '-2d', to: '-1d' }
const future = { from: '+1d', to: '+2d' }

for (const protocol of ['http/1.1', 'h2'] as const) {
  for (const [name, request, code, reason] of [
    [
      'an untrusted CA',
      { issuer: 'batch-client-ca' },
      'UNTRUSTED',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    ['an expired certificate', { validity: expired }, 'EXPIRED', 'CERT_HAS_EXPIRED'],
    ['one not valid yet', { validity: future }, 'NOT_YET_VALID', 'CERT_NOT_YET_VALID'],
    ['one for servers', { usage: 'server' }, 'PURPOSE_WRONG', 'INVALID_PURPOSE'],
    ['one that may sign others', { ca: true }, 'IS_CA', null],
  ] as const satisfies readonly (readonly [
    string,
    Partial<LeafRequest>,
    string,
    string | null,
  ])[]) {
    t.test(`records whose certificate it refuses on ${protocol}: ${name}`, async (t) => {
      let requests = 0
      const { connect, ask, nextRefusal, tls, server } = await startReloadingServer(t, pki, {
        protocol,
        refusals: 'recorded',
      })
      server.on('request', () => (requests += 1))
      t.equal(tls.serverOptions.rejectUnauthorized, false)
      const leaf = await issueClient(request)
      const refused = nextRefusal()
      t.equal(await ask(connect(leaf)), 'refused')
      t.match(await refused, {
        error: { code: `ERR_PEERGATE_CERTIFICATE_${code}` },
        reason,
        remoteAddress: '127.0.0.1',
        servername: 'localhost',
        protocol: 'TLSv1.3',
        unverifiedCertificate: { subject: 'CN=reader', serialNumber: leaf.serialNumber },
      })
      t.equal(requests, 0, 'no HTTP was read')
    })
  }
}

t.test('records a peer without a certificate, and lets the accepted in', async (t) => {
  const { connect, ask, nextRefusal, port } = await startReloadingServer(t, pki, {
    refusals: 'recorded',
  })
  t.equal(await ask(connect(await issueClient())), 'tls payments')
  const refused = nextRefusal()
  const anonymous = openTestClient({
    port,
    serverCa: pki.authority('server-ca').certificate,
    protocol: 'http/1.1',
  })
  t.equal(await ask(anonymous), 'refused')
  anonymous.close()
  t.match(await refused, {
    error: { code: 'ERR_PEERGATE_CERTIFICATE_MISSING' },
    unverifiedCertificate: null,
    remoteAddress: '127.0.0.1',
  })
})
