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
  customContract,
  gcp,
  haproxy,
  ingressNginx,
  nginx,
  rfc9440,
  traefik,
} from '@peergate/core'
import t from 'tap'
import { builtInSources } from '#core/contract/built-in-sources.js'
import { refusalOf } from '../support/refusal.js'

/** A factory as JavaScript calls it. */
type Factory = (options?: unknown) => { readonly name: string }

const certificate = { header: 'X-Cert', encoding: 'base64-der' }
const custom = { name: 'edge', certificate, proxyVerifies: true }
const verify = { header: 'X-Verify', success: 'ok' }
const token = 'must be the name of a header, such as "X-SSL-Client-Cert"'
const stated = 'must state whether the proxy verifies its clients: nothing in its headers does'
const never = 'must be stated as false: this product verifies nothing'
const eitherWord = 'the options must state verify or proxyVerifies, and not both'

const faults: readonly (readonly [Factory: unknown, options: unknown, fault: string])[] = [
  [nginx, undefined, 'nginx: the options must be of the type object'],
  [
    nginx,
    {},
    'nginx: option "certificate" is missing or undefined; option "verify" is missing or undefined',
  ],
  [
    nginx,
    { certificate: 'X-Cert', verfy: 'X-Verify' },
    'nginx: option "verify" is missing or undefined; option "verfy" is not known; did you mean "verify"?',
  ],
  ...['', 'X_Cert', 'X.Cert', 'X-', '-X', 'X--Cert', 'X Cert', 'X-Cert:', 'Х-Cert'].map(
    (name) =>
      [
        nginx,
        { certificate: name, verify: 'X-Verify' },
        `nginx: option "certificate" ${token}`,
      ] as const,
  ),
  [
    nginx,
    { certificate: 'X-Cert', verify: 'x-cert' },
    'nginx: every option must name a header of its own: "x-cert"',
  ],
  [ingressNginx, { verify: 'X-Verify' }, 'ingressNginx: option "verify" is not known'],
  [
    haproxy,
    { certificate: 'X-Cert', used: 'X-Used', verify: 'X-Verify', chain: 'X-Used' },
    'haproxy: every option must name a header of its own: "x-used"',
  ],
  [
    haproxy,
    { certificate: 'X-Cert', verify: 'X-Verify' },
    'haproxy: option "used" is missing or undefined',
  ],
  [
    apache,
    { certificate: 'X-Cert', verify: 'X-Verify', session: 'X-Cert' },
    'apache: every option must name a header of its own: "x-cert"',
  ],
  [rfc9440, {}, `rfc9440: option "proxyVerifies" ${stated}`],
  [rfc9440, { proxyVerifies: 'true' }, `rfc9440: option "proxyVerifies" ${stated}`],
  [traefik, {}, `traefik: option "proxyVerifies" ${stated}`],
  [akamai, {}, `akamai: option "proxyVerifies" ${stated}`],
  [cloudfront, {}, `cloudfront: option "proxyVerifies" ${stated}`],
  [caddy, { certificate: 'X-Cert' }, `caddy: option "proxyVerifies" ${stated}`],
  [caddy, { proxyVerifies: true }, 'caddy: option "certificate" is missing or undefined'],
  [azureAppService, {}, `azureAppService: option "proxyVerifies" ${never}`],
  [azureAppService, { proxyVerifies: true }, `azureAppService: option "proxyVerifies" ${never}`],
  [awsAlbPassthrough, {}, `awsAlbPassthrough: option "proxyVerifies" ${never}`],
  [
    awsAlbPassthrough,
    { proxyVerifies: true },
    `awsAlbPassthrough: option "proxyVerifies" ${never}`,
  ],
  [awsAlbVerify, { leaf: 'X_Leaf' }, `awsAlbVerify: option "leaf" ${token}`],
  [
    azureApplicationGateway,
    { certificate: 'X-Cert', verification: 'X-Cert' },
    'azureApplicationGateway: every option must name a header of its own: "x-cert"',
  ],
  [
    gcp,
    { leaf: 'X-Leaf', present: 'X-Leaf', verified: 'X-Verified' },
    'gcp: every option must name a header of its own: "x-leaf"',
  ],
  [
    cloudflare,
    {},
    'cloudflare: the options must state tlsClientAuthHeaders or proxyVerifies, and not both',
  ],
  [
    cloudflare,
    { tlsClientAuthHeaders: true, proxyVerifies: true },
    'cloudflare: the options must state tlsClientAuthHeaders or proxyVerifies, and not both',
  ],
  [
    cloudflare,
    { tlsClientAuthHeaders: false },
    'cloudflare: option "tlsClientAuthHeaders" must be true',
  ],
  ...[...builtInSources].map(
    (name) =>
      [
        customContract,
        { ...custom, name },
        'customContract: option "name" must not be the name of a source that there is',
      ] as const,
  ),
  ...['', 'Edge', '2edge', 'edge_1', 'edge-', 'edge--1'].map(
    (name) =>
      [
        customContract,
        { ...custom, name },
        'customContract: option "name" must be letters in lower case, digits and dashes',
      ] as const,
  ),
  [
    customContract,
    { ...custom, name: 'e'.repeat(65) },
    'customContract: option "name" must be of at most 64 characters',
  ],
  [customContract, { name: 'edge', certificate }, `customContract: ${eitherWord}`],
  [customContract, { ...custom, verify }, `customContract: ${eitherWord}`],
  [
    customContract,
    { ...custom, certificate: { header: 'X-Cert', encoding: 'base64' } },
    'customContract: option "certificate.encoding" must be "percent-pem" or "spaced-pem" or "base64-der" or "structured-field"',
  ],
  [
    customContract,
    { ...custom, chain: certificate },
    'customContract: every option must name a header of its own: "x-cert"',
  ],
  [
    customContract,
    { name: 'edge', certificate, verify: { ...verify, header: 'X-Cert' } },
    'customContract: every option must name a header of its own: "x-cert"',
  ],
  ...['', ' ok', 'ok ', 'ö'].map(
    (success) =>
      [
        customContract,
        { name: 'edge', certificate, verify: { ...verify, success } },
        'customContract: option "verify.success" must be printable ASCII without blanks around it',
      ] as const,
  ),
  [
    customContract,
    { name: 'edge', certificate, verify: { ...verify, absent: 'ok' } },
    'customContract: option "verify" must tell success from absent',
  ],
]

for (const [factory, options, detail] of faults) {
  void t.test(detail, (t) => {
    const refusal = refusalOf(() => (factory as Factory)(options))
    t.same(refusal, { code: 'ERR_PEERGATE_OPTION_INVALID', detail })
    t.end()
  })
}
