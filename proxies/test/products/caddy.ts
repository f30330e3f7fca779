import { caddy, customContract } from '@peergate/core'
import { forgedLines } from '@peergate/proxies'
import { ambiguous, malformed, missing, toldByAlerts, tooLow } from '../codes.js'
import { forged, withEdge } from '../edge.js'
import type { ProxyCase, Replacement } from '../proxy-case.js'

const optional: Replacement = ['mode require_and_verify', 'mode verify_if_given']

/** A contract that knows nothing of placeholders. */
const custom = customContract({
  name: 'edge',
  certificate: { header: 'X-Client-Cert-Der', encoding: 'base64-der' },
  proxyVerifies: true,
})

export const caddyCase: ProxyCase = {
  files: ['edge-caddy/Caddyfile'],
  contract: caddy({ certificate: 'X-Client-Cert-Der', proxyVerifies: true }),
  forge: forgedLines.caddy,
  optional,
  secondHop: [
    [
      '# header_up replaces',
      `transport http {
			tls_client_auth /etc/edge/proxy.pem /etc/edge/proxy-key.pem
			tls_trusted_ca_certs /etc/edge/server-ca.pem
			tls_server_name localhost
		}
		# header_up replaces`,
    ],
  ],
  sharing: [],
  hasUnixSocket: true,
  hasHttp2: true,
  resumes: true,
  callers: toldByAlerts,
  mistakes: [
    [
      'the placeholder, which old versions send as it is written, is no certificate to any contract',
      async (check, trial) => {
        for (const contract of [trial.product.contract, custom]) {
          await withEdge(trial, { replacements: [optional], contract }, async (edge) => {
            const { who } = await edge.tell({ lines: forged(trial) })
            check.oneOf(who, contract === custom ? [malformed, missing] : [missing], contract.name)
          })
        }
      },
    ],
    [
      'a misspelt placeholder is no certificate',
      (check, trial) => {
        const misspelt: Replacement = ['certificate_der_base64', 'certificate_der_base46']
        return withEdge(trial, { replacements: [misspelt] }, async (edge) => {
          const { who } = await edge.tell({ leaf: trial.clients.reader, lines: forged(trial) })
          // It is sent as it is written, or as nothing at all.
          check.oneOf(who, [malformed, missing], 'who')
        })
      },
    ],
    [
      'header_up with a plus leaves two lines',
      (check, trial) =>
        withEdge(trial, { replacements: [['header_up X-', 'header_up +X-']] }, async (edge) => {
          const { who } = await edge.tell({ leaf: trial.clients.reader, lines: forged(trial) })
          check.same(who, ambiguous, 'who')
        }),
    ],
    [
      'request and require verify nothing, and the gate can demand more',
      async (check, trial) => {
        const contract = caddy({ certificate: 'X-Client-Cert-Der', proxyVerifies: false })
        for (const mode of ['request', 'require']) {
          const lax: Replacement = [optional[0], `mode ${mode}`]
          const own = { replacements: [lax], contract, minimumAssurance: 'proxy-verified' as const }
          await withEdge(trial, own, async (edge) => {
            for (const role of ['stranger', 'rogue', 'reader'] as const) {
              const { who } = await edge.tell({ leaf: trial.clients[role] })
              check.same(who, tooLow, `${mode} ${role}`)
            }
          })
        }
      },
    ],
  ],
}
