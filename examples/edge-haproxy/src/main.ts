import { haproxy } from '@peergate/core'
import { forgedLines, runEdge } from '@peergate/proxies'

await runEdge({
  proxies: ['haproxy'],
  files: [new URL('../haproxy.cfg', import.meta.url)],
  contract: haproxy({
    certificate: 'X-SSL-Client-Cert',
    used: 'X-SSL-Client-Used',
    verify: 'X-SSL-Client-Verify',
  }),
  proofs: ['address', 'unix-socket'],
  forge: forgedLines.haproxy,
})
