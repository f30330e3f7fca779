import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mintPki } from '@peergate/testkit'
import type { LeafRequest, MintedLeaf, Pki, PkiDeclaration } from '@peergate/testkit'
import { makeTemporaryFolder } from './temporary-folder.js'

/** The certificates of an edge, of the service behind it and of their clients. */
export interface EdgePki {
  readonly pki: Pki
  /** What the configurations find in /etc/edge/. */
  readonly folder: string
  /** A client certificate that the edge admits, with `own` in the place of its parts. */
  readonly issueClient: (own?: Partial<LeafRequest>) => Promise<MintedLeaf>
}

/** The identity of an ordinary client, which the service knows. */
export const readerId = 'spiffe://prod.example/ns/payments/sa/reader'

/** The identity that a proxy proves to the service where it has a certificate of its own. */
export const proxyId = 'spiffe://prod.example/ns/edge/sa/proxy'

const declaration: PkiDeclaration = {
  authorities: {
    'server-ca': { purpose: 'Signs the edge and the service.', subject: 'CN=Server CA' },
    'client-ca': { purpose: 'Signs clients.', subject: 'CN=Client CA' },
    'proxy-ca': { purpose: 'Signs proxies.', subject: 'CN=Proxy CA' },
    'stranger-ca': { purpose: 'Is trusted by nobody.', subject: 'CN=Stranger CA' },
    'rogue-ca': {
      purpose: 'Bears the name and the key identifier of client-ca.',
      subject: 'CN=Client CA',
      keyIdentifierOf: 'client-ca',
    },
  },
  leaves: {
    server: {
      purpose: 'The edge, and the service where it has TLS.',
      issuer: 'server-ca',
      subject: 'CN=localhost',
      usage: 'server',
      dns: ['localhost'],
      ip: ['127.0.0.1'],
    },
    proxy: {
      purpose: 'The edge, before the service.',
      issuer: 'proxy-ca',
      subject: 'CN=proxy',
      usage: 'client',
      uri: [proxyId],
    },
  },
}

/** Mints the certificates of one run, and writes those that a proxy reads into a folder. */
export async function createEdgePki(): Promise<EdgePki> {
  const pki = await mintPki(declaration)
  const folder = makeTemporaryFolder()
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
  }
  for (const role of ['server-ca', 'client-ca', 'proxy-ca']) {
    write(`${role}.pem`, pki.authority(role).certificate)
  }
  for (const role of ['server', 'proxy']) {
    const { certificate, key } = pki.leaf(role)
    write(`${role}.pem`, certificate)
    write(`${role}-key.pem`, key)
    write(`${role}-both.pem`, certificate + key)
  }
  const client = { issuer: 'client-ca', subject: 'CN=reader', usage: 'client', uri: [readerId] }
  return { pki, folder, issueClient: (own) => pki.issue({ ...client, ...own } as LeafRequest) }
}
