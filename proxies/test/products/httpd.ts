import { apache } from '@peergate/core'
import { forgedLines, readerId } from '@peergate/proxies'
import { toldByAlerts, unverified } from '../codes.js'
import { forged, withEdge } from '../edge.js'
import type { ProxyCase, Replacement } from '../proxy-case.js'

const resuming: readonly Replacement[] = [
  ['SSLSessionCache none', 'SSLSessionCache shmcb:ssl_scache(512000)'],
  ['SSLSessionTickets off', 'SSLSessionTickets on'],
]

export const httpdCase: ProxyCase = {
  files: ['edge-apache/site.conf'],
  contract: apache({
    certificate: 'X-SSL-Client-Cert',
    verify: 'X-SSL-Client-Verify',
    session: 'X-SSL-Client-Session',
  }),
  forge: forgedLines.apache,
  optional: ['SSLVerifyClient require', 'SSLVerifyClient optional'],
  secondHop: [
    [
      'ProxyPass / http://127.0.0.1:3000/',
      `SSLProxyEngine on
      SSLProxyMachineCertificateFile /etc/edge/proxy-both.pem
      SSLProxyCACertificateFile /etc/edge/server-ca.pem
      SSLProxyVerify require
      ProxyPass / https://localhost:{port}/`,
    ],
  ],
  sharing: [['SSLSessionCache none', 'SSLSessionCache none\nServerLimit 1\nStartServers 1']],
  hasUnixSocket: true,
  hasHttp2: false,
  resumes: false,
  callers: toldByAlerts,
  mistakes: [
    [
      'optional_no_ca: nobody is verified in a full handshake, nor in a resumed session',
      async (check, trial) => {
        const lax: Replacement = ['SSLVerifyClient require', 'SSLVerifyClient optional_no_ca']
        await withEdge(trial, { replacements: [lax, ...resuming] }, async (edge) => {
          for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
            const leaf = trial.clients.stranger
            const first = await edge.ask({ leaf, version, lines: forged(trial) })
            const { session } = first
            const again = await edge.ask({ leaf, version, session, lines: forged(trial) })
            const who = [first, again].map(({ told }) => told?.who)
            check.same(again.isResumed, true, `${version} is resumed`)
            check.same(who, [unverified, unverified], version)
          }
        })
      },
    ],
    [
      'resumption off: a client that offers a session shakes hands in full, and is identified',
      async (check, trial) => {
        const leaf = trial.clients.reader
        let session: Buffer | undefined
        await withEdge(trial, { replacements: resuming }, async (edge) => {
          session = (await edge.ask({ leaf, version: 'TLSv1.2' })).session
        })
        check.same(session === undefined, false, 'has a session')
        await withEdge(trial, {}, async (edge) => {
          const { told, isResumed } = await edge.ask({ leaf, version: 'TLSv1.2', session })
          check.same([told?.who, isResumed], [readerId, false], 'offers it')
        })
      },
    ],
    [
      'resumption left on: a resumed session of TLS 1.2 is unverified, and one of TLS 1.3 is sound',
      (check, trial) =>
        withEdge(trial, { replacements: resuming }, async (edge) => {
          for (const [version, who] of [
            ['TLSv1.2', unverified],
            ['TLSv1.3', readerId],
          ] as const) {
            const leaf = trial.clients.reader
            const first = await edge.ask({ leaf, version })
            const again = await edge.ask({ leaf, version, session: first.session })
            check.same(again.isResumed, true, `${version} is resumed`)
            check.same(
              [first, again].map(({ told }) => told?.who),
              [readerId, who],
              version,
            )
          }
        }),
    ],
  ],
}
