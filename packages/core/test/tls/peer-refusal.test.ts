import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { PeerGateError, parseCertificate } from '@peergate/core'
import t from 'tap'
import type { Test } from 'tap'
import { explainPeerRefusal } from '#core/tls/refusal.js'
import type { ExplainedRefusal } from '#core/tls/refusal.js'
import { certificateFacts } from '../support/certificate-facts.js'
import { anonymous, issue, refusedCertificates, strict, uri } from '../support/failing-clients.js'
import { listen, open } from '../support/tls-connection.js'

/** The refusal of a peer that a lenient server judges itself, once it has its certificate. */
async function judge(
  t: Test,
  client: ConnectionOptions,
  explain: (socket: TLSSocket) => ExplainedRefusal,
): Promise<ExplainedRefusal> {
  const server = createServer({ ...strict, requestCert: true, rejectUnauthorized: false })
  const port = await listen(t, server)
  const socket = open({ port, ...client })
  socket.on('error', () => undefined)
  const [peer] = (await once(server, 'secureConnection')) as [TLSSocket]
  const refusal = explain(peer)
  peer.destroy()
  return refusal
}

function factsOf(socket: TLSSocket) {
  const leaf = socket.getPeerX509Certificate()
  return leaf === undefined ? null : parseCertificate(leaf.raw)
}

const didNotVerify = 'the certificate did not verify'

t.test('explains a peer that was refused with its certificate in hand', async (t) => {
  for (const [name, client, code, reason] of refusedCertificates) {
    if (name === 'a broken signature' || name === 'a forged CA') continue
    const refusal = await judge(t, client, (socket) =>
      explainPeerRefusal(new PeerGateError(code, didNotVerify), socket, factsOf(socket)),
    )
    t.equal(refusal.error.code, code, name)
    t.match(refusal.error.detail, `${didNotVerify}; `)
    t.match(refusal, {
      reason,
      remoteAddress: '127.0.0.1',
      servername: 'localhost',
      protocol: 'TLSv1.3',
      unverifiedCertificate: {
        subject: 'CN=worker,O=Example',
        issuer: /^CN=/u,
        names: [`uniformResourceIdentifier:"${uri}"`],
        fingerprint256: new X509Certificate(client.cert).fingerprint256,
        serialNumber: new X509Certificate(client.cert).serialNumber,
      },
    })
    t.ok(Object.isFrozen(refusal))
    t.ok(Object.isFrozen(refusal.unverifiedCertificate))
  }
})

t.test('keeps the error of a rule of ours as it is', async (t) => {
  const error = new PeerGateError('ERR_PEERGATE_CERTIFICATE_IS_CA', 'cA is set')
  const refusal = await judge(t, await issue(), (socket) => explainPeerRefusal(error, socket, null))
  t.equal(refusal.error, error)
  t.match(refusal, { reason: null, unverifiedCertificate: null, protocol: 'TLSv1.3' })
  const missing = new PeerGateError('ERR_PEERGATE_CERTIFICATE_MISSING', 'none was sent')
  const without = await judge(t, anonymous, (socket) => explainPeerRefusal(missing, socket, null))
  t.equal(without.error, missing)
  t.equal(without.reason, null, 'OpenSSL names a chain where there is no certificate')
})

t.test('states the distance to the validity of the certificate that it has', async (t) => {
  const { notBefore, notAfter } = certificateFacts()
  const cause = new Error('the cause')
  const error = new PeerGateError('ERR_PEERGATE_CERTIFICATE_EXPIRED', 'it has expired', { cause })
  const refusal = await judge(t, await issue(), (socket) =>
    explainPeerRefusal(error, socket, certificateFacts(), notAfter + 90_000),
  )
  t.equal(refusal.error.cause, cause)
  t.equal(
    refusal.error.detail,
    'it has expired; this clock says 2027-01-01T00:01:30.000Z, ' +
      '1 min 30 s after the end at 2027-01-01T00:00:00.000Z',
  )
  t.match(refusal.unverifiedCertificate, { notBefore, notAfter })
})
