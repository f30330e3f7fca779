import { createPeerGate, createTlsGate, definePolicy, socketSource, spiffe } from '@peergate/core'
import type { PeerGate, PeerSource, TlsGate } from '@peergate/core'
import { grantedPattern, trustDomain } from '../../material.js'
import type { Material } from '../../material.js'

export function createTls({ server, clientCa }: Material): TlsGate {
  return createTlsGate({
    server: { cert: server.certificate, key: server.key },
    clientCas: { payments: clientCa },
  })
}

/** Over a TLS gate, or over what a proxy forwards. */
export function createGate(source: PeerSource): PeerGate<'invoice:read'> {
  return createPeerGate({
    source,
    identity: spiffe({ trustDomain }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:read'],
      grants: [{ identity: grantedPattern, allow: ['invoice:read'] }],
    }),
  })
}

export function createSocketGate(tls: TlsGate): PeerGate<'invoice:read'> {
  return createGate(socketSource({ tls }))
}
