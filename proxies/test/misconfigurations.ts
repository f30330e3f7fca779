import type { ProxyName } from '@peergate/proxies'
import type { Replacement } from './proxy-case.js'

/** A fault that is planted into the configuration of an example. */
export interface Misconfiguration {
  readonly fault: string
  readonly replacements: readonly Replacement[]
  /** The rule that it breaks, as `proxyConformance` names it. */
  readonly finding: string
  readonly hosts?: readonly string[]
  readonly paths?: readonly string[]
}

/** What is planted into the configuration of each product, and the header that its backend believes. */
export interface PlantedFaults {
  readonly header: string
  readonly faults: readonly Misconfiguration[]
}

const foreign = 'headers that name another client do not arrive'
const alias = 'headers with "_" between words do not arrive where the request is answered'
const nobodyForged =
  'TLSv1.3: a client without a certificate is refused with the headers of another'
const stranger = 'TLSv1.3: a client of a CA that the server does not know is refused'
const expired = 'TLSv1.3: a client whose certificate has expired is refused'

const setVerify = 'proxy_set_header X-SSL-Client-Verify $ssl_client_verify;'
const setCertificate = 'proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;'
const toService = 'proxy_http_version 1.1; proxy_pass http://service;'

const nginx: PlantedFaults = {
  header: 'X-SSL-Client-Cert',
  faults: [
    {
      fault: 'inheritance: a location with a header of its own inherits none of the server',
      replacements: [
        [
          'location / {',
          `${setVerify} ${setCertificate} location /own/ { proxy_set_header X-Own a; ${toService} } location / {`,
        ],
      ],
      paths: ['/', '/own/'],
      finding: `localhost/own/: ${foreign}`,
    },
    {
      fault: 'another location, which sets nothing',
      replacements: [['location / {', `location /admin/ { ${toService} } location / {`]],
      paths: ['/', '/admin/'],
      finding: `localhost/admin/: ${foreign}`,
    },
    {
      fault: 'another virtual host, which demands and sets nothing',
      replacements: [
        [
          'server {\n    listen 127.0.0.1:8443 ssl;',
          `server { listen 127.0.0.1:8443 ssl; server_name other.example;
            ssl_certificate /etc/edge/server.pem; ssl_certificate_key /etc/edge/server-key.pem;
            location / { ${toService} } }
          server {\n    listen 127.0.0.1:8443 ssl default_server;`,
        ],
      ],
      hosts: ['localhost', 'other.example'],
      finding: `other.example/: ${nobodyForged}`,
    },
    {
      fault: 'underscores in headers, which become the dashes of another header behind it',
      replacements: [['access_log off;', 'access_log off; underscores_in_headers on;']],
      finding: `localhost/: ${alias}`,
    },
    {
      fault: 'optional_no_ca, without a header that says who was verified',
      replacements: [
        ['ssl_verify_client on;', 'ssl_verify_client optional_no_ca;'],
        [setVerify, ''],
      ],
      finding: `localhost/: ${stranger}`,
    },
  ],
}

const remove: Replacement = [
  'http-request del-header ^x[-_.]ssl[-_.]client[-_.] -m reg',
  '# nothing is deleted',
]

/** Which passes on what a client without a certificate sends. */
export const believingHaproxy: readonly Replacement[] = [
  ['verify required', 'verify optional'],
  remove,
]

const haproxy: PlantedFaults = {
  header: 'X-SSL-Client-Cert',
  faults: [
    {
      fault: 'a condition, without which nothing takes the headers of the client away',
      replacements: believingHaproxy,
      finding: `localhost/: ${nobodyForged}`,
    },
    {
      fault: 'headers that are added instead of set',
      replacements: [remove, ['set-header', 'add-header']],
      finding: `localhost/: ${foreign}`,
    },
    {
      fault: 'certificates that do not verify, without a header that says so',
      replacements: [
        ['verify required', 'verify optional ca-ignore-err all crt-ignore-err all'],
        ['http-request set-header X-SSL-Client-Verify %[ssl_c_verify]', '# nobody says'],
      ],
      finding: `localhost/: ${expired}`,
    },
  ],
}

const caddy: PlantedFaults = {
  header: 'X-Client-Cert-Der',
  faults: [
    {
      fault: 'mode request, which verifies nothing',
      replacements: [['mode require_and_verify', 'mode request']],
      finding: `localhost/: ${stranger}`,
    },
    {
      fault: 'a header that is added instead of set',
      replacements: [['header_up X-', 'header_up +X-']],
      finding: `localhost/: ${foreign}`,
    },
    {
      fault: 'another path, which sets nothing',
      replacements: [
        [
          'reverse_proxy 127.0.0.1:3000 {',
          'reverse_proxy /admin/* 127.0.0.1:3000\n\treverse_proxy 127.0.0.1:3000 {',
        ],
      ],
      paths: ['/', '/admin/'],
      finding: `localhost/admin/: ${foreign}`,
    },
  ],
}

const envoy: PlantedFaults = {
  header: 'X-Forwarded-Client-Cert',
  faults: [
    {
      fault: 'APPEND_FORWARD, which appends to what the client sent',
      replacements: [['_details: SANITIZE_SET', '_details: APPEND_FORWARD']],
      finding: `localhost/: ${foreign}`,
    },
    {
      fault: 'ACCEPT_UNTRUSTED, which verifies nothing',
      replacements: [
        [
          'validation_context: { trusted_ca',
          'validation_context: { trust_chain_verification: ACCEPT_UNTRUSTED, trusted_ca',
        ],
      ],
      finding: `localhost/: ${stranger}`,
    },
  ],
}

const unset = (name: string): Replacement => [`RequestHeader unset ${name} early`, '']
const early = ['X-SSL-Client-Verify', 'X-SSL-Client-Cert', 'X-SSL-Client-Session'].map(unset)

const httpd: PlantedFaults = {
  header: 'X-SSL-Client-Cert',
  faults: [
    {
      fault: 'headers that are added instead of set',
      replacements: [...early, ['RequestHeader set', 'RequestHeader add']],
      finding: `localhost/: ${foreign}`,
    },
    {
      fault: 'a condition, without which nothing takes the headers of the client away',
      replacements: [
        ...early,
        ['SSLVerifyClient require', 'SSLVerifyClient optional'],
        ['SSL_CLIENT_VERIFY}s"', `SSL_CLIENT_VERIFY}s" "expr=%{SSL_CLIENT_VERIFY} == 'SUCCESS'"`],
        ['SSL_CLIENT_CERT}s"', `SSL_CLIENT_CERT}s" "expr=%{SSL_CLIENT_VERIFY} == 'SUCCESS'"`],
      ],
      finding: `localhost/: ${nobodyForged}`,
    },
  ],
}

/** Which passes on what a client without a certificate sends. */
export const believingTraefik: readonly Replacement[] = [
  ['RequireAndVerifyClientCert\n', 'VerifyClientCertIfGiven\n'],
  ['address: 127.0.0.1:8443', 'address: 127.0.0.1:8443\n    forwardedHeaders: { insecure: true }'],
  ['[forget, certificate]', '[certificate]'],
]

const traefik: PlantedFaults = {
  header: 'X-Forwarded-Tls-Client-Cert',
  faults: [
    {
      fault: 'RequireAnyClientCert, which verifies nothing',
      replacements: [['RequireAndVerifyClientCert\n', 'RequireAnyClientCert\n']],
      finding: `localhost/: ${stranger}`,
    },
    {
      fault: 'headers of anybody, and none that empties this one',
      replacements: believingTraefik,
      finding: `localhost/: ${nobodyForged}`,
    },
  ],
}

export const plantedFaults: Readonly<Record<ProxyName, PlantedFaults>> = {
  nginx,
  haproxy,
  httpd,
  caddy,
  'caddy-current': caddy,
  envoy,
  traefik,
}
