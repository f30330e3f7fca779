import { haproxy } from '@peergate/core'
import { forgedLines } from '@peergate/proxies'
import { ambiguous, malformed, missing, toldByAlerts, unverified } from '../codes.js'
import { forged, withEdge } from '../edge.js'
import type { ProxyCase, Replacement } from '../proxy-case.js'

const optional: Replacement = ['verify required', 'verify optional']
const without: Replacement = [
  'http-request del-header ^x[-_.]ssl[-_.]client[-_.] -m reg',
  '# nothing is deleted',
]

export const haproxyCase: ProxyCase = {
  files: ['edge-haproxy/haproxy.cfg'],
  contract: haproxy({
    certificate: 'X-SSL-Client-Cert',
    used: 'X-SSL-Client-Used',
    verify: 'X-SSL-Client-Verify',
  }),
  forge: forgedLines.haproxy,
  optional,
  secondHop: [
    [
      'server service 127.0.0.1:3000',
      'server service 127.0.0.1:3000 ssl crt /etc/edge/proxy-both.pem ca-file /etc/edge/server-ca.pem verify required verifyhost localhost sni str(localhost)',
    ],
  ],
  sharing: [['server service', 'http-reuse always\n  server service']],
  hasUnixSocket: true,
  hasHttp2: false,
  resumes: true,
  callers: toldByAlerts,
  mistakes: [
    [
      'a conditional set-header without del-header leaves what the client sent',
      (check, trial) =>
        withEdge(trial, { replacements: [optional, without] }, async (edge) => {
          const { who, isPublic } = await edge.tell({ lines: forged(trial) })
          check.oneOf(who, [malformed, unverified], 'with a forged header')
          check.same(isPublic, false, 'public')
          check.same((await edge.tell({})).who, missing, 'without one')
        }),
    ],
    [
      'where everything is conditional, names that no client can guess are what is left',
      (check, trial) => {
        const conditional: readonly Replacement[] = [
          optional,
          without,
          ['%[ssl_c_used]', '%[ssl_c_used] if { ssl_c_used }'],
          ['%[ssl_c_verify]', '%[ssl_c_verify] if { ssl_c_used }'],
          ['X-SSL-Client-', 'X-7d1c0f-Client-'],
        ]
        const contract = haproxy({
          certificate: 'X-7d1c0f-Client-Cert',
          used: 'X-7d1c0f-Client-Used',
          verify: 'X-7d1c0f-Client-Verify',
        })
        return withEdge(trial, { replacements: conditional, contract }, async (edge) => {
          check.same((await edge.tell({ lines: forged(trial) })).who, missing, 'with a guess')
        })
      },
    ],
    [
      'add-header leaves two lines',
      (check, trial) =>
        withEdge(trial, { replacements: [without, ['set-header', 'add-header']] }, async (edge) => {
          const { who } = await edge.tell({ leaf: trial.clients.reader, lines: forged(trial) })
          check.same(who, ambiguous, 'who')
        }),
    ],
    [
      'ca-ignore-err and crt-ignore-err: what does not verify is unverified',
      (check, trial) => {
        const lax: Replacement = [
          'verify required',
          'verify optional ca-ignore-err all crt-ignore-err all',
        ]
        return withEdge(trial, { replacements: [lax] }, async (edge) => {
          for (const role of ['stranger', 'rogue', 'expired'] as const) {
            for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
              const leaf = trial.clients[role]
              const first = await edge.ask({ leaf, version, lines: forged(trial) })
              const { session } = first
              const again = await edge.ask({ leaf, version, session, lines: forged(trial) })
              const who = [first, again].map(({ told }) => told?.who)
              check.same(who, [unverified, unverified], `${role} ${version}`)
            }
          }
        })
      },
    ],
  ],
}
