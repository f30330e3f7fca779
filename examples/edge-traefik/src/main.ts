import { traefik } from '@peergate/core'
import { forgedLines, runEdge } from '@peergate/proxies'

await runEdge({
  proxies: ['traefik'],
  files: [new URL('../traefik.yaml', import.meta.url), new URL('../dynamic.yaml', import.meta.url)],
  contract: traefik({ proxyVerifies: true }),
  proofs: ['address'],
  forge: forgedLines.traefik,
})
