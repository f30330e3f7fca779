import { traefik } from '@peergate/core'
import { forgedLines, readerId } from '@peergate/proxies'
import { missing, toldByAlerts, tooLow } from '../codes.js'
import { forged, withEdge } from '../edge.js'
import type { ProxyCase, Replacement } from '../proxy-case.js'

const optional: Replacement = ['RequireAndVerifyClientCert\n', 'VerifyClientCertIfGiven\n']

export const traefikCase: ProxyCase = {
  files: ['edge-traefik/traefik.yaml', 'edge-traefik/dynamic.yaml'],
  contract: traefik({ proxyVerifies: true }),
  forge: forgedLines.traefik,
  optional,
  secondHop: [
    [
      "service: { loadBalancer: { servers: [{ url: 'http://127.0.0.1:3000' }] } }",
      "service: { loadBalancer: { serversTransport: own, servers: [{ url: 'https://127.0.0.1:{port}' }] } }",
    ],
    [
      'http:\n  routers:',
      `http:
  serversTransports:
    own:
      serverName: localhost
      rootCAs: [/etc/edge/server-ca.pem]
      certificates: [{ certFile: /etc/edge/proxy.pem, keyFile: /etc/edge/proxy-key.pem }]
  routers:`,
    ],
  ],
  sharing: [],
  hasUnixSocket: false,
  hasHttp2: true,
  resumes: true,
  callers: toldByAlerts,
  mistakes: [
    [
      'forwardedHeaders.insecure: the middleware that empties the header is what is left',
      (check, trial) => {
        const insecure: Replacement = [
          'address: 127.0.0.1:8443',
          'address: 127.0.0.1:8443\n    forwardedHeaders: { insecure: true }',
        ]
        return withEdge(trial, { replacements: [optional, insecure] }, async (edge) => {
          const { who, left } = await edge.tell({ lines: forged(trial) })
          check.same([who, left], [missing, []], 'without a certificate')
          const own = await edge.tell({ leaf: trial.clients.reader, lines: forged(trial) })
          check.same(own.who, readerId, 'with one')
        })
      },
    ],
    [
      'RequestClientCert and RequireAnyClientCert verify nothing, and the gate can demand more',
      async (check, trial) => {
        const contract = traefik({ proxyVerifies: false })
        for (const type of ['RequestClientCert', 'RequireAnyClientCert']) {
          const lax: Replacement = [optional[0], `${type}\n`]
          const own = { replacements: [lax], contract, minimumAssurance: 'proxy-verified' as const }
          await withEdge(trial, own, async (edge) => {
            for (const role of ['stranger', 'rogue', 'reader'] as const) {
              const { who } = await edge.tell({ leaf: trial.clients[role] })
              check.same(who, tooLow, `${type} ${role}`)
            }
          })
        }
      },
    ],
  ],
}
