import { createPeerGate, createTlsGate, definePolicy, socketSource, spiffe } from '@peergate/core'
import type { PeerRefusal } from '@peergate/core'
import { certPath } from './certs.js'

const policy = definePolicy({
  identity: 'spiffe',
  permissions: {
    'invoice:read': 'read any invoice',
    'invoice:write': 'write invoices',
    'admin:reindex': 'build the search index anew',
  },
  grants: [
    {
      identity: 'spiffe://prod.example/ns/payments/sa/*',
      allow: ['invoice:read', 'invoice:write'],
    },
    { identity: 'spiffe://prod.example/ns/batch/sa/reindexer', allow: ['admin:reindex'] },
  ],
})

declare module '@peergate/core' {
  interface Register {
    policy: typeof policy
  }
}

/** The two gates of the payments API; `onRefused` hears of every peer refused before HTTP. */
export function createGates(onRefused: (refusal: PeerRefusal) => void) {
  const tls = createTlsGate({
    server: { cert: certPath('server.pem'), key: certPath('server-key.pem') },
    clientCas: {
      payments: certPath('payments-client-ca.pem'),
      batch: certPath('batch-client-ca.pem'),
    },
    onRefused,
  })
  const gate = createPeerGate({
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy,
  })
  return { tls, gate }
}
