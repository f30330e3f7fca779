import t from 'tap'
import { answerTo, listen } from '../../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../../support/tls-setting.js'

const { createGate, anonymous, issueClient } = await createTlsSetting()
const client = await issueClient()

t.test('F10 forged headers change nothing', async (t) => {
  const { tls, refusalCode } = createGate()
  const port = await listen(t, createGatedServer(tls))
  const names = ['x-forwarded-client-cert', 'X_Forwarded_Client_Cert', 'x-forwarded.client-cert']
  const forged = names.map((name) => `${name}: URI=spiffe://prod.example/admin`)
  const headers = [...forged, ...forged, 'client-cert: :AAAA:', 'x-ssl-client-verify: SUCCESS']
  t.equal(await answerTo({ port, ...client }, headers), 'tls payments')
  t.equal(await answerTo({ port, ...anonymous }, headers), 'no answer')
  t.equal(await refusalCode(), 'ERR_PEERGATE_CERTIFICATE_MISSING')
})
