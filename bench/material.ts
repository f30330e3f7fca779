import { X509Certificate } from 'node:crypto'
import { mintPki } from '@peergate/testkit'
import type { LeafDeclaration } from '@peergate/testkit'

/** A certificate and its key in PEM. */
export interface Credentials {
  readonly certificate: string
  readonly key: string
}

/** All certificates of a run, minted for it; it can be sent to another process. */
export interface Material {
  readonly server: Credentials
  readonly serverCa: string
  readonly clientCa: string
  /** May read invoices. */
  readonly worker: Credentials
  /** Is known and may do nothing. */
  readonly visitor: Credentials
  /** Those whom a proxy tells of; each may read invoices. */
  readonly forwarded: readonly string[]
}

export const trustDomain = 'prod.example'

/** Whoever is of this namespace may read invoices. */
export const grantedPattern = `spiffe://${trustDomain}/ns/payments/sa/*`

export async function mintMaterial(): Promise<Material> {
  const names = Array.from({ length: 50 }, (_, index) => `client-${index}`)
  const pki = await mintPki({
    authorities: {
      'server-ca': { purpose: 'Signs the server.', subject: 'CN=Server CA' },
      'client-ca': {
        purpose: 'Signs the clients.',
        subject: 'CN=Payments Client CA,OU=Payments,O=Example Bank,L=Frankfurt,C=DE',
      },
    },
    leaves: {
      server: {
        purpose: 'The server.',
        issuer: 'server-ca',
        subject: 'CN=localhost',
        usage: 'server',
        dns: ['localhost'],
      },
      worker: client('payments', 'worker'),
      visitor: client('visitors', 'visitor'),
      ...Object.fromEntries(names.map((name) => [name, client('payments', name)])),
    },
  })
  return {
    server: credentials(pki.leaf('server')),
    serverCa: pki.authority('server-ca').certificate,
    clientCa: pki.authority('client-ca').certificate,
    worker: credentials(pki.leaf('worker')),
    visitor: credentials(pki.leaf('visitor')),
    forwarded: names.map((name) => pki.leaf(name).certificate),
  }
}

/** The SPIFFE ID in a certificate of {@link mintMaterial}. */
export function spiffeIdOf(certificate: string): string {
  const [, id = ''] =
    /URI:([^,]+)/u.exec(new X509Certificate(certificate).subjectAltName ?? '') ?? []
  return id
}

/** With the names that workloads usually have, so that nginx forwards about 1.3 KB of it. */
function client(namespace: string, name: string): LeafDeclaration {
  const zones = ['blue', 'green', 'red'].map((zone) => `${zone}.eu-central-1.prod.example`)
  return {
    purpose: 'A client.',
    issuer: 'client-ca',
    subject: `CN=${name}.${namespace},OU=Payments,O=Example Bank,L=Frankfurt,C=DE`,
    usage: 'client',
    uri: [`spiffe://${trustDomain}/ns/${namespace}/sa/${name}`],
    dns: [...zones, 'svc.cluster.local'].map((suffix) => `${name}.${namespace}.${suffix}`),
    email: [`${name}@${namespace}.prod.example`],
  }
}

function credentials({ certificate, key }: Credentials): Credentials {
  return { certificate, key }
}
