import { mintPki } from '@peergate/testkit'
import type { MintedLeaf } from '@peergate/testkit'

/** The CAs of the clients: the one that goes and the one that comes. */
export type ClientCa = 'old-client-ca' | 'new-client-ca'

const pki = await mintPki({
  authorities: {
    'server-ca': { purpose: 'Signs the server.', subject: 'CN=Server CA,O=Example' },
    'old-client-ca': {
      purpose: 'Signed the clients so far.',
      subject: 'CN=Old Client CA,O=Example',
    },
    'new-client-ca': {
      purpose: 'Signs the clients from now on.',
      subject: 'CN=New Client CA,O=Example',
    },
  },
  leaves: {},
})

export const serverCa = pki.authority('server-ca').certificate

/** The client CAs in one file. */
export function bundle(...cas: readonly ClientCa[]): string {
  return cas.map((ca) => pki.authority(ca).certificate).join('')
}

/** The revocation lists of the client CAs in one file; each revokes `serialNumbers`. */
export async function listRevoked(
  cas: readonly ClientCa[],
  serialNumbers: readonly string[] = [],
): Promise<string> {
  const lists = cas.map(async (issuer) => pki.revocationList({ issuer, serialNumbers }))
  return (await Promise.all(lists)).map(({ pem }) => pem).join('')
}

export async function issueServer(): Promise<MintedLeaf> {
  return pki.issue({
    issuer: 'server-ca',
    subject: 'CN=localhost',
    usage: 'server',
    dns: ['localhost'],
  })
}

export async function issueClient(name: string, issuer: ClientCa): Promise<MintedLeaf> {
  const uri = [`spiffe://prod.example/ns/payments/sa/${name}`]
  return pki.issue({ issuer, subject: `CN=${name}`, usage: 'client', uri })
}
