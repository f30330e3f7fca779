import {
  akamai,
  apache,
  awsAlbPassthrough,
  awsAlbVerify,
  azureAppService,
  azureApplicationGateway,
  caddy,
  cloudflare,
  cloudfront,
  gcp,
  haproxy,
  ingressNginx,
  nginx,
  rfc9440,
  traefik,
} from '@peergate/core'
import t from 'tap'
import { builtInSources } from '#core/contract/built-in-sources.js'
import { createIdentityHeaderTest } from '#core/contract/identity-headers.js'

const isIdentityHeader = createIdentityHeaderTest()

/** Every contract, with the names that its documentation uses where the operator chooses. */
const contracts = [
  akamai({ proxyVerifies: true }),
  apache({
    certificate: 'X-SSL-Client-Cert',
    verify: 'X-SSL-Client-Verify',
    session: 'X-SSL-Client-Session',
  }),
  awsAlbPassthrough({ proxyVerifies: false }),
  awsAlbVerify(),
  azureAppService({ proxyVerifies: false }),
  azureApplicationGateway({
    certificate: 'X-Client-Cert',
    verification: 'X-Client-Cert-Verification',
  }),
  caddy({ certificate: 'X-Client-Cert-Der', proxyVerifies: true }),
  cloudflare({ tlsClientAuthHeaders: true }),
  cloudfront({ proxyVerifies: true }),
  gcp({
    leaf: 'X-Client-Cert-Leaf',
    present: 'X-Client-Cert-Present',
    verified: 'X-Client-Cert-Chain-Verified',
    chain: 'X-Client-Cert-Chain',
  }),
  haproxy({
    certificate: 'X-SSL-Client-Cert',
    used: 'X-SSL-Client-Used',
    verify: 'X-SSL-Client-Verify',
    chain: 'X-SSL-Client-Chain',
  }),
  ingressNginx(),
  nginx({ certificate: 'X-SSL-Client-Cert', verify: 'X-SSL-Client-Verify' }),
  rfc9440({ proxyVerifies: true }),
  traefik({ proxyVerifies: true }),
]

for (const { name, headers } of contracts) {
  void t.test(`knows every header of ${name}`, (t) => {
    t.ok(builtInSources.has(name), 'no contract of another’s can have this name')
    for (const header of headers) t.ok(isIdentityHeader(header.name), header.name)
    t.end()
  })
}

void t.test('knows the headers beside them', (t) => {
  for (const name of [
    'cf-cert-presented',
    'cloudfront-viewer-cert-subject',
    'l5d-client-id',
    'ssl-client-subject-dn',
    'x-amzn-mtls-clientcert-serial-number',
    'x-client-cert-fingerprint',
    'x-client-dn',
    'x-client-verify',
    'x-forwarded-client-cert',
    'x-forwarded-tls-client-cert-info',
    'x-processed-tls-client-certificate',
    'x-remote-extra-scopes',
    'x-remote-group',
    'x-remote-uid',
    'x-remote-user',
    'x-ssl-chain-0',
    'x-ssl-client-s-dn',
    'x-ssl-issuer',
  ]) {
    t.equal(isIdentityHeader(name), true, name)
  }
  t.end()
})

void t.test('leaves every other header alone', (t) => {
  for (const name of [
    '',
    'accept',
    'authorization',
    'cf-connecting-ip',
    'cf-ray',
    'client',
    'client-certificate',
    'cloudfront-viewer-country',
    'cookie',
    'forwarded',
    'host',
    'l5d-client-ids',
    'via',
    'x-amzn-trace-id',
    'x-client-id',
    'x-client-ip',
    'x-forwarded-client',
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-my-ssl-client-cert',
    'x-remote-users',
    'x-request-id',
    'x-ssl',
  ]) {
    t.equal(isIdentityHeader(name), false, name)
  }
  t.end()
})
