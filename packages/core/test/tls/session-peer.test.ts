import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import t from 'tap'
import { readSessionPeer } from '#core/tls/session-peer.js'
import { encodeCertificate } from '../support/certificate-encoder.js'
import { octetString } from '../support/der-encoder.js'
import { encodeSession } from '../support/encoded-session.js'
import { anonymous, issue, strict } from '../support/failing-clients.js'
import { faultOf } from '../support/fault-of.js'
import { listen, open } from '../support/tls-connection.js'

const client = await issue({ issuer: 'intermediate' })
const lenient = { ...strict, requestCert: true, rejectUnauthorized: false }

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  t.test(`finds in a session of ${version} the leaf that its client sent`, async (t) => {
    const server = createServer({ ...lenient, minVersion: version, maxVersion: version })
    const port = await listen(t, server)
    for (const [name, credentials, expected] of [
      ['a leaf before its chain', client, new X509Certificate(client.cert).raw],
      ['no certificate', anonymous, null],
    ] as const) {
      const socket = open({ port, ...credentials })
      const [peer] = (await once(server, 'secureConnection')) as [TLSSocket]
      const found = readSessionPeer(peer.getSession() ?? new Uint8Array())
      t.strictSame(found, expected === null ? null : new Uint8Array(expected), name)
      socket.destroy()
    }
  })
}

t.test('shares no memory with the session', (t) => {
  const certificate = encodeCertificate()
  for (const session of [encodeSession(certificate), Buffer.from(encodeSession(certificate))]) {
    const found = readSessionPeer(session)
    session.fill(0)
    t.strictSame(found, new Uint8Array(certificate))
  }
  t.end()
})

t.test('refuses what is no session', (t) => {
  const session = encodeSession(encodeCertificate())
  for (const [name, bytes, detail] of [
    ['nothing', new Uint8Array(), 'session is cut short'],
    ['part of one', session.subarray(0, 100), 'session is longer than what holds it'],
    ['another type', octetString(session), 'session has tag 0x04 instead of 0x30'],
  ] as const) {
    const fault = faultOf(() => readSessionPeer(bytes))
    t.match(fault, { code: 'ERR_PEERGATE_CERTIFICATE_MALFORMED', detail }, name)
  }
  t.end()
})
