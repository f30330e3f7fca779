import { nginx } from '@peergate/core'
import { forgedLines, runEdge } from '@peergate/proxies'

await runEdge({
  proxies: ['nginx'],
  files: [new URL('../nginx.conf', import.meta.url)],
  contract: nginx({ certificate: 'X-SSL-Client-Cert', verify: 'X-SSL-Client-Verify' }),
  proofs: ['certificate'],
  forge: forgedLines.nginx,
})
