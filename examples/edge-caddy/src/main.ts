import { caddy } from '@peergate/core'
import { forgedLines, runEdge } from '@peergate/proxies'

await runEdge({
  proxies: ['caddy-current', 'caddy'],
  files: [new URL('../Caddyfile', import.meta.url)],
  contract: caddy({ certificate: 'X-Client-Cert-Der', proxyVerifies: true }),
  proofs: ['address', 'unix-socket'],
  forge: forgedLines.caddy,
})
