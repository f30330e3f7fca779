import { mintPki } from '@peergate/testkit'
import type { MintedLeaf } from '@peergate/testkit'

const pki = await mintPki({
  authorities: {
    'server-ca': { purpose: 'Signs the server.', subject: 'CN=Server CA,O=Example' },
    'client-ca': { purpose: 'Signs the clients.', subject: 'CN=Client CA,O=Example' },
    'other-ca': {
      purpose: 'Signs what this service does not know.',
      subject: 'CN=Other CA,O=Other',
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
  },
})

export const server: MintedLeaf = pki.leaf('server')
export const serverCa: string = pki.authority('server-ca').certificate
export const clientCa: string = pki.authority('client-ca').certificate

/** What a client is issued: by default a certificate of the CA of this service, valid now. */
interface Issuance {
  readonly issuer?: 'client-ca' | 'other-ca'
  readonly hasExpired?: boolean
  readonly hasIdentity?: boolean
}

/** A client certificate for the SPIFFE ID of this name. */
export async function issueClient(name: string, issuance: Issuance = {}): Promise<MintedLeaf> {
  const { issuer = 'client-ca', hasExpired = false, hasIdentity = true } = issuance
  return pki.issue({
    issuer,
    subject: `CN=${name},O=Example`,
    usage: 'client',
    ...(hasIdentity
      ? { uri: [`spiffe://prod.example/${name}`] }
      : { dns: [`${name}.prod.example`] }),
    ...(hasExpired && { validity: { from: '-2d', to: '-1d' } }),
  })
}

export const revokedLeaf: MintedLeaf = await issueClient('archive')

/** The revocation list of the client CA. */
export const revoked: string = (
  await pki.revocationList({ issuer: 'client-ca', serialNumbers: [revokedLeaf.serialNumber] })
).pem
