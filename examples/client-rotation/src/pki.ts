import { mintPki } from '@peergate/testkit'
import type { MintedLeaf } from '@peergate/testkit'

const pki = await mintPki({
  authorities: {
    'server-ca': { purpose: 'Signs the server.', subject: 'CN=Server CA,O=Example' },
    'client-ca': { purpose: 'Signs the clients.', subject: 'CN=Client CA,O=Example' },
  },
  leaves: {
    server: {
      purpose: 'The server.',
      issuer: 'server-ca',
      subject: 'CN=localhost',
      usage: 'server',
      dns: ['localhost'],
    },
  },
})

export const server: MintedLeaf = pki.leaf('server')
export const serverCa: string = pki.authority('server-ca').certificate
export const clientCa: string = pki.authority('client-ca').certificate

/** The next certificate of the worker, with a key of its own. */
export async function issueWorker(): Promise<MintedLeaf> {
  return pki.issue({
    issuer: 'client-ca',
    subject: 'CN=worker,O=Example',
    usage: 'client',
    uri: ['spiffe://prod.example/worker'],
  })
}
