import { envoyXfcc } from '@peergate/core'
import { forgedLines, runEdge } from '@peergate/proxies'

await runEdge({
  proxies: ['envoy'],
  files: [new URL('../envoy.yaml', import.meta.url)],
  contract: envoyXfcc({ proxyVerifies: true, elements: 1, hop: 1 }),
  proofs: ['address', 'unix-socket'],
  forge: forgedLines.envoy,
})
