import { forgedLines, readerId } from '@peergate/proxies'
import { nginx } from '@peergate/core'
import { ambiguous, missing, unverified } from '../codes.js'
import { forged, withEdge } from '../edge.js'
import type { ProxyCase, Replacement } from '../proxy-case.js'

const verify = 'proxy_set_header X-SSL-Client-Verify $ssl_client_verify;'
const certificate = 'proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;'
const optional: Replacement = ['ssl_verify_client on;', 'ssl_verify_client optional;']

/** Both lines in the server alone, which a location inherits if it has none of its own. */
const inServer: readonly Replacement[] = [
  [verify, ''],
  [certificate, ''],
  ['server_name localhost;', `server_name localhost; ${verify} ${certificate}`],
]
const withoutOthers: readonly Replacement[] = [
  ['proxy_set_header Host $host;', ''],
  ['proxy_set_header Connection "";', ''],
]

export const nginxCase: ProxyCase = {
  files: ['edge-nginx/nginx.conf'],
  contract: nginx({ certificate: 'X-SSL-Client-Cert', verify: 'X-SSL-Client-Verify' }),
  forge: forgedLines.nginx,
  optional,
  secondHop: [
    [
      'proxy_pass http://service;',
      `proxy_pass https://service;
      proxy_ssl_certificate /etc/edge/proxy.pem;
      proxy_ssl_certificate_key /etc/edge/proxy-key.pem;
      proxy_ssl_protocols TLSv1.3;
      proxy_ssl_trusted_certificate /etc/edge/server-ca.pem;
      proxy_ssl_verify on;
      proxy_ssl_name localhost;
      proxy_ssl_server_name on;`,
    ],
  ],
  sharing: [],
  hasUnixSocket: true,
  hasHttp2: false,
  resumes: true,
  // It answers over HTTP, once the handshake is done.
  callers: { nobody: 400, stranger: 400 },
  mistakes: [
    [
      'inheritance: a location with a header of its own passes on what the client sent',
      async (check, trial) => {
        for (const others of [[], withoutOthers] as const) {
          const own: Replacement = [
            'proxy_http_version',
            'proxy_set_header X-Own a; proxy_http_version',
          ]
          const replacements = [optional, ...inServer, ...others, own]
          await withEdge(trial, { replacements }, async (edge) => {
            for (const leaf of [undefined, trial.clients.reader]) {
              const { who, isPublic } = await edge.tell({ leaf, lines: forged(trial) })
              check.same([who, isPublic], [ambiguous, false], 'with a forged header')
              check.same((await edge.tell({ leaf })).who, missing, 'without one')
            }
          })
        }
      },
    ],
    [
      'a location that inherits both lines is sound',
      (check, trial) =>
        withEdge(trial, { replacements: [...inServer, ...withoutOthers] }, async (edge) => {
          const { who } = await edge.tell({ leaf: trial.clients.reader, lines: forged(trial) })
          check.same(who, readerId, 'who')
        }),
    ],
    [
      'lines behind Host are refused, since they may be the client’s own',
      (check, trial) => {
        const behind: readonly Replacement[] = [
          [verify, `proxy_set_header Host $host; ${verify}`],
          ['proxy_set_header Host $host;\n', '\n'],
        ]
        return withEdge(trial, { replacements: behind }, async (edge) => {
          check.same((await edge.tell({ leaf: trial.clients.reader })).who, ambiguous, 'who')
        })
      },
    ],
    [
      'optional_no_ca: an unknown CA is unverified',
      (check, trial) => {
        const lax: Replacement = [optional[0], 'ssl_verify_client optional_no_ca;']
        return withEdge(trial, { replacements: [lax] }, async (edge) => {
          for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
            const leaf = trial.clients.stranger
            const first = await edge.ask({ leaf, version, lines: forged(trial) })
            const { session } = first
            const again = await edge.ask({ leaf, version, session, lines: forged(trial) })
            check.same(
              [first, again].map(({ told }) => told?.who),
              [unverified, unverified],
              version,
            )
          }
        })
      },
    ],
  ],
}
