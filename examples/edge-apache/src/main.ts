import { apache } from '@peergate/core'
import { forgedLines, runEdge } from '@peergate/proxies'

await runEdge({
  proxies: ['httpd'],
  files: [new URL('../site.conf', import.meta.url)],
  contract: apache({
    certificate: 'X-SSL-Client-Cert',
    verify: 'X-SSL-Client-Verify',
    session: 'X-SSL-Client-Session',
  }),
  proofs: ['address', 'unix-socket'],
  forge: forgedLines.apache,
})
