import { mintPki } from '@peergate/testkit'
import type { LeafRequest, MintedLeaf, Pki } from '@peergate/testkit'

export const pki: Pki = await mintPki({
  authorities: {
    'server-ca': { purpose: 'Signs the servers.', subject: 'CN=Server CA,O=Example' },
    'client-ca': { purpose: 'Signs the clients.', subject: 'CN=Client CA,O=Example' },
    'issuing-ca': {
      purpose: 'Signs the clients of one team.',
      subject: 'CN=Issuing CA,O=Example',
      issuer: 'client-ca',
    },
    'other-ca': { purpose: 'Signs nobody of ours.', subject: 'CN=Other CA,O=Other' },
  },
  leaves: {
    server: {
      purpose: 'The server.',
      issuer: 'server-ca',
      subject: 'CN=localhost',
      usage: 'server',
      dns: ['localhost'],
      uri: ['spiffe://prod.example/api'],
    },
  },
})

export const serverId = 'spiffe://prod.example/api'
export const serverCa: string = pki.authority('server-ca').certificate
export const clientCa: string = pki.authority('client-ca').certificate
export const otherCa: string = pki.authority('other-ca').certificate
export const issuingCa: string = pki.authority('issuing-ca').certificate

/** A client certificate, with whatever differs from an ordinary one. */
export async function issueClient(more: Partial<LeafRequest> = {}): Promise<MintedLeaf> {
  return pki.issue({
    issuer: 'client-ca',
    subject: 'CN=worker,O=Example',
    usage: 'client',
    uri: ['spiffe://prod.example/worker'],
    ...more,
  })
}

/** The material of a client, as the options name it. */
export function materialOf({ certificate: cert, key }: MintedLeaf) {
  return { cert, key, serverCas: serverCa }
}
