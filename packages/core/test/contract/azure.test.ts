import { azureAppService, azureApplicationGateway } from '@peergate/core'
import t from 'tap'
import {
  asserted,
  malformed,
  missing,
  readEach,
  unverified,
  verified,
} from '../support/forwarded.js'
import { nginxMinimal, rfcLeaf } from '../support/recorded-headers.js'

void t.test('takes the certificate of App Service for no more than an assertion', (t) => {
  const contract = azureAppService({ proxyVerifies: false })
  t.equal(contract.name, 'azure-app-service')
  t.same(contract.headers, [{ name: 'x-arr-clientcert' }])
  readEach(t, contract, [
    ['a certificate', { 'x-arr-clientcert': rfcLeaf.text }, asserted(rfcLeaf)],
    ['nobody', {}, missing('the proxy sent no x-arr-clientcert')],
    [
      'the PEM of Application Gateway',
      { 'x-arr-clientcert': nginxMinimal.text },
      malformed('x-arr-clientcert must be canonical base64'),
    ],
  ])
  t.end()
})

void t.test('reads the certificate that Application Gateway verified', (t) => {
  const contract = azureApplicationGateway({
    certificate: 'X-Client-Cert',
    verification: 'X-Client-Cert-Verification',
  })
  const certificate = 'x-client-cert'
  const verification = 'x-client-cert-verification'
  const refused = unverified(`${verification} must be exactly SUCCESS`)
  t.equal(contract.name, 'azure-application-gateway')
  t.same(contract.headers, [{ name: certificate }, { name: verification }])
  readEach(t, contract, [
    [
      'strict mode',
      { [certificate]: nginxMinimal.text, [verification]: 'SUCCESS' },
      verified(nginxMinimal),
    ],
    [
      'no certificate',
      { [verification]: 'NONE' },
      missing(`${verification} says that the client has no certificate`),
    ],
    [
      'empty variables',
      { [certificate]: '', [verification]: '' },
      missing(`${verification} says that the client has no certificate`),
    ],
    // MicrosoftDocs/azure-docs: rewrite-http-headers-url.md, pull request 128589
    ...['PASSTHROUGH', 'FAILED:certificate has expired', ''].map(
      (verdict) =>
        [
          `verification ${verdict}`,
          { [certificate]: nginxMinimal.text, [verification]: verdict },
          refused,
        ] as const,
    ),
    [
      'base64 alone',
      { [certificate]: rfcLeaf.text, [verification]: 'SUCCESS' },
      malformed(`${certificate} must hold PEM certificates and nothing else`),
    ],
  ])
  t.end()
})
