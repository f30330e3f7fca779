import { envoyXfcc, envoyXfccJson } from '@peergate/core'
import { forgedLines, readerId } from '@peergate/proxies'
import type { MintedLeaf } from '@peergate/testkit'
import { victimId } from '../clients.js'
import { ambiguous, malformed, toldByAlerts, tooLow } from '../codes.js'
import { forged, withEdge } from '../edge.js'
import type { ProxyCase, Replacement } from '../proxy-case.js'

const header = 'X-Forwarded-Client-Cert'
const topology = { proxyVerifies: true, elements: 1, hop: 1 } as const
const names: Replacement = ['{ cert: true }', '{ cert: true, uri: true, dns: true, subject: true }']
const appending: Replacement = ['_details: SANITIZE_SET', '_details: APPEND_FORWARD']

export const envoyCase: ProxyCase = {
  files: ['edge-envoy/envoy.yaml'],
  contract: envoyXfcc(topology),
  forge: forgedLines.envoy,
  optional: ['require_client_certificate: true', 'require_client_certificate: false'],
  secondHop: [
    [
      '- name: service\n      load_assignment:',
      `- name: service
      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          '@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
          sni: localhost
          common_tls_context:
            tls_params: { tls_maximum_protocol_version: TLSv1_3 }
            tls_certificates:
              - certificate_chain: { filename: /etc/edge/proxy.pem }
                private_key: { filename: /etc/edge/proxy-key.pem }
            validation_context: { trusted_ca: { filename: /etc/edge/server-ca.pem } }
      load_assignment:`,
    ],
  ],
  sharing: [],
  hasUnixSocket: true,
  hasHttp2: true,
  resumes: true,
  callers: toldByAlerts,
  mistakes: [
    [
      'names beside the certificate: hostile ones make the header ambiguous or malformed',
      (check, trial) =>
        withEdge(trial, { replacements: [names] }, async (edge) => {
          check.same((await edge.tell({ leaf: trial.clients.reader })).who, readerId, 'plain')
          for (const role of ['hostile', 'hostileUri'] as const) {
            const leaf = trial.clients[role]
            const { who } = await edge.tell({ leaf, lines: forged(trial) })
            check.oneOf(who, [ambiguous, malformed], role)
          }
        }),
    ],
    [
      'names without the certificate: an asserted identity is refused',
      (check, trial) => {
        const bare: Replacement = ['{ cert: true }', '{ uri: true, dns: true }']
        return withEdge(trial, { replacements: [bare] }, async (edge) => {
          const { who } = await edge.tell({ leaf: trial.clients.reader })
          check.same(who, 'ERR_PEERGATE_ASSERTION_REFUSED', 'plain')
        })
      },
    ],
    [
      'APPEND_FORWARD at the edge: what the client puts in front is never an identity',
      (check, trial) =>
        withEdge(trial, { replacements: [appending] }, async (edge) => {
          for (const forgery of [
            element(trial.clients.victim),
            `${element(trial.clients.victim)},${element(trial.clients.victim)}`,
            '[x]',
            `[{"uri":["${victimId}"]}]`,
            `URI=${victimId};X="`,
            `"`,
            ',',
            '\\',
          ]) {
            const { who } = await edge.tell({
              leaf: trial.clients.reader,
              lines: [header, forgery],
            })
            check.oneOf(who, [ambiguous, malformed], JSON.stringify(forgery.slice(0, 20)))
          }
        }),
    ],
    [
      'APPEND_FORWARD: of two elements, the one of Envoy counts',
      (check, trial) => {
        const contract = envoyXfcc({ ...topology, elements: 2 })
        return withEdge(trial, { replacements: [appending], contract }, async (edge) => {
          const own = await edge.tell({ leaf: trial.clients.reader, lines: forged(trial) })
          check.same(own.who, readerId, 'behind a forged one')
          const alone = await edge.tell({ leaf: trial.clients.reader })
          check.oneOf(alone.who, [ambiguous, malformed], 'alone')
        })
      },
    ],
    [
      'format JSON: the same identity, and none by a forged header',
      (check, trial) => {
        const json: Replacement = ['{ cert: true }', '{ cert: true, format: JSON }']
        const contract = envoyXfccJson(topology)
        return withEdge(trial, { replacements: [json], contract }, async (edge) => {
          for (const role of ['reader', 'hostile'] as const) {
            const leaf = trial.clients[role]
            check.same((await edge.tell({ leaf, lines: forged(trial) })).who, readerId, role)
          }
        })
      },
    ],
    [
      'ACCEPT_UNTRUSTED verifies nothing, and the gate can demand more',
      (check, trial) => {
        const lax: Replacement = [
          'trusted_ca: { filename: /etc/edge/client-ca.pem }',
          'trusted_ca: { filename: /etc/edge/client-ca.pem }, trust_chain_verification: ACCEPT_UNTRUSTED',
        ]
        const contract = envoyXfcc({ ...topology, proxyVerifies: false })
        const own = { replacements: [lax], contract, minimumAssurance: 'proxy-verified' as const }
        return withEdge(trial, own, async (edge) => {
          for (const role of ['stranger', 'rogue', 'reader'] as const) {
            check.same((await edge.tell({ leaf: trial.clients[role] })).who, tooLow, role)
          }
        })
      },
    ],
  ],
}

function element(leaf: MintedLeaf): string {
  const [, value = ''] = forgedLines.envoy(leaf)
  return value
}
