import { createHash } from 'node:crypto'
import type { MintedCertificate } from '@peergate/testkit'

/**
 * What a client would send to be taken for the holder of a certificate: for each proxy the header lines
 * that its own example makes of it, names and values by turns.
 */
export const forgedLines: Readonly<Record<ForgedContract, Forge>> = {
  nginx: ({ certificate }) => [
    'X-SSL-Client-Verify',
    'SUCCESS',
    'X-SSL-Client-Cert',
    encodeURIComponent(certificate),
  ],
  haproxy: (leaf) => [
    'X-SSL-Client-Used',
    '1',
    'X-SSL-Client-Verify',
    '0',
    'X-SSL-Client-Cert',
    base64Of(leaf),
  ],
  apache: ({ certificate }) => [
    'X-SSL-Client-Verify',
    'SUCCESS',
    'X-SSL-Client-Session',
    'TLSv1.3 Initial',
    'X-SSL-Client-Cert',
    certificate.trim().replaceAll('\n', ' '),
  ],
  caddy: (leaf) => ['X-Client-Cert-Der', base64Of(leaf)],
  envoy: ({ der, certificate }) => {
    const hash = createHash('sha256').update(der).digest('hex')
    const element = `By=spiffe://prod.example/edge;Hash=${hash};Cert="${encodeURIComponent(certificate)}"`
    return ['X-Forwarded-Client-Cert', element]
  },
  traefik: (leaf) => ['X-Forwarded-Tls-Client-Cert', base64Of(leaf)],
}

type ForgedContract = 'apache' | 'caddy' | 'envoy' | 'haproxy' | 'nginx' | 'traefik'

export type Forge = (leaf: MintedCertificate) => readonly string[]

function base64Of({ der }: MintedCertificate): string {
  return Buffer.from(der).toString('base64')
}
