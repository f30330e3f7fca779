import t from 'tap'
import { answerTo, listen } from '../../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../../support/tls-setting.js'

const { createGate, issueClient } = await createTlsSetting()
const expired = await issueClient({ validity: { from: '-2d', to: '-1d' } })

t.test('F15 the reason of a refusal is known to onRefused', async (t) => {
  for (const refusals of ['handshake', 'recorded'] as const) {
    const { tls, refusal } = createGate({ refusals })
    const port = await listen(t, createGatedServer(tls))
    t.equal(await answerTo({ port, ...expired }), 'no answer')
    const told = await refusal()
    t.equal(told?.reason, 'CERT_HAS_EXPIRED', refusals)
    t.equal(told?.error.code, 'ERR_PEERGATE_CERTIFICATE_EXPIRED', refusals)
    t.equal(told?.error.layer, 'tls', refusals)
    t.match(told?.error.detail, /CERT_HAS_EXPIRED.+; this clock says /u, refusals)
    t.equal(told?.remoteAddress, '127.0.0.1', refusals)
    t.equal(told?.unverifiedCertificate === null, refusals === 'handshake', refusals)
  }
})
