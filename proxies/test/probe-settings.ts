import type { ProxyName } from '@peergate/proxies'
import { believingHaproxy, believingTraefik } from './misconfigurations.js'
import type { Replacement } from './proxy-case.js'

/** What a server that is probed can be. */
export const probedSettings = [
  'strict',
  'optional',
  'off',
  'TLS 1.2 alone',
  'another client CA',
  'public roots',
  'forged headers',
] as const

export type ProbedSetting = (typeof probedSettings)[number]

/** How each becomes of the example of a product, which is strict. */
export type ProbedProduct = Readonly<
  Record<Exclude<ProbedSetting, 'strict'>, readonly Replacement[]>
>

const otherCas = (option: string) =>
  ({
    'another client CA': [[option, option.replace('client-ca.pem', 'wrong-ca.pem')]],
    'public roots': [[option, option.replace('client-ca.pem', 'public-roots.pem')]],
  }) satisfies Record<string, readonly Replacement[]>

const toService = 'proxy_http_version 1.1; proxy_pass http://service;'
const nginxOptional: Replacement = ['ssl_verify_client on;', 'ssl_verify_client optional;']

const nginx: ProbedProduct = {
  optional: [nginxOptional],
  off: [['ssl_verify_client on;', 'ssl_verify_client off;']],
  'TLS 1.2 alone': [['ssl_protocols TLSv1.2 TLSv1.3;', 'ssl_protocols TLSv1.2;']],
  ...otherCas('ssl_client_certificate /etc/edge/client-ca.pem;'),
  'forged headers': [
    nginxOptional,
    ['location / {', `location /probed { ${toService} } location / {`],
  ],
}

const haproxyOptional: Replacement = ['verify required', 'verify optional']

const haproxy: ProbedProduct = {
  optional: [haproxyOptional],
  off: [['ca-file /etc/edge/client-ca.pem verify required', 'verify none']],
  'TLS 1.2 alone': [['verify required', 'verify required ssl-max-ver TLSv1.2']],
  ...otherCas('ca-file /etc/edge/client-ca.pem'),
  'forged headers': believingHaproxy,
}

const caddyOptional: Replacement = ['mode require_and_verify', 'mode verify_if_given']

const caddy: ProbedProduct = {
  optional: [caddyOptional],
  off: [
    ['client_auth {', '# nobody is asked'],
    ['mode require_and_verify', ''],
    ['trusted_ca_cert_file /etc/edge/client-ca.pem\n\t\t}', ''],
  ],
  'TLS 1.2 alone': [['client_auth {', 'protocols tls1.2 tls1.2\n\t\tclient_auth {']],
  ...otherCas('trusted_ca_cert_file /etc/edge/client-ca.pem'),
  'forged headers': [
    caddyOptional,
    ['header_up X-Client-Cert-Der {http.request.tls.client.certificate_der_base64}', ''],
  ],
}

const envoyOptional: Replacement = [
  'require_client_certificate: true',
  'require_client_certificate: false',
]

const envoy: ProbedProduct = {
  optional: [envoyOptional],
  off: [
    envoyOptional,
    ['validation_context: { trusted_ca: { filename: /etc/edge/client-ca.pem } }', ''],
  ],
  'TLS 1.2 alone': [['maximum_protocol_version: TLSv1_3', 'maximum_protocol_version: TLSv1_2']],
  ...otherCas('trusted_ca: { filename: /etc/edge/client-ca.pem }'),
  'forged headers': [envoyOptional, ['_details: SANITIZE_SET', '_details: ALWAYS_FORWARD_ONLY']],
}

const httpd: ProbedProduct = {
  optional: [['SSLVerifyClient require', 'SSLVerifyClient optional']],
  off: [['SSLVerifyClient require', 'SSLVerifyClient none']],
  'TLS 1.2 alone': [['+TLSv1.2 +TLSv1.3', '+TLSv1.2']],
  ...otherCas('SSLCACertificateFile /etc/edge/client-ca.pem'),
  'forged headers': [
    ['SSLVerifyClient require', 'SSLVerifyClient optional'],
    ['RequestHeader', '# RequestHeader'],
  ],
}

const traefikOptional: Replacement = ['RequireAndVerifyClientCert\n', 'VerifyClientCertIfGiven\n']

const traefik: ProbedProduct = {
  optional: [traefikOptional],
  off: [['RequireAndVerifyClientCert\n', 'NoClientCert\n']],
  'TLS 1.2 alone': [
    ['minVersion: VersionTLS12', 'minVersion: VersionTLS12\n      maxVersion: VersionTLS12'],
  ],
  ...otherCas('caFiles: [/etc/edge/client-ca.pem]'),
  'forged headers': believingTraefik,
}

export const probedProducts: Readonly<Record<ProxyName, ProbedProduct>> = {
  nginx,
  haproxy,
  httpd,
  caddy,
  'caddy-current': caddy,
  envoy,
  traefik,
}
