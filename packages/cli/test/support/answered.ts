import type { Attempt } from '#cli/probe/probe-report.js'

/** Nobody, who is answered over TLS 1.3. */
export const answered: Attempt = {
  client: 'nobody',
  version: 'TLSv1.3',
  outcome: 'answered',
  layer: null,
  status: 200,
  code: null,
  cause: null,
  remedy: null,
}
