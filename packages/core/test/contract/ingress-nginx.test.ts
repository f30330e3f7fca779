import { ingressNginx } from '@peergate/core'
import t from 'tap'
import { malformed, missing, readEach, unverified, verified } from '../support/forwarded.js'
import { nginxMinimal, traefikEscaped } from '../support/recorded-headers.js'

const contract = ingressNginx()
const certificate = 'ssl-client-cert'
const verify = 'ssl-client-verify'

void t.test('reads the two headers of the annotations', (t) => {
  t.equal(contract.name, 'ingress-nginx')
  t.same(contract.headers, [{ name: certificate }, { name: verify }])
  readEach(t, contract, [
    ['of nginx', { [verify]: 'SUCCESS', [certificate]: nginxMinimal.text }, verified(nginxMinimal)],
    [
      'of Traefik',
      { [verify]: 'SUCCESS', [certificate]: traefikEscaped.text },
      verified(traefikEscaped),
    ],
    [
      'no certificate',
      { [verify]: 'NONE' },
      missing('ssl-client-verify says that the client has no certificate'),
    ],
    ['no annotation', {}, missing('the proxy sent no ssl-client-verify or ssl-client-cert')],
    [
      'a failure as the documentation writes it',
      { [verify]: 'FAILED: certificate has expired', [certificate]: nginxMinimal.text },
      unverified('ssl-client-verify must be exactly SUCCESS'),
    ],
    [
      'no certificate passed',
      { [verify]: 'SUCCESS', 'ssl-client-subject-dn': 'CN=client.example.com' },
      malformed('ssl-client-cert is missing, although the client has one'),
    ],
  ])
  t.end()
})
