import type { MintedLeaf } from '@peergate/testkit'
import { issueClient, revokedLeaf } from './pki.js'

/** A client of the service, as it is found when the rollout begins. */
export interface Client {
  readonly name: string
  readonly fault: string
  /** Null for one that has no certificate. */
  readonly leaf: MintedLeaf | null
}

/** All of them are called by their CA’s name for them, and may read invoices but for `reports`. */
export const clients: readonly Client[] = [
  { name: 'payments', fault: 'none', leaf: await issueClient('payments') },
  { name: 'mobile', fault: 'has no certificate', leaf: null },
  {
    name: 'partner',
    fault: 'has one of an unknown CA',
    leaf: await issueClient('partner', { issuer: 'other-ca' }),
  },
  {
    name: 'batch',
    fault: 'has one that expired',
    leaf: await issueClient('batch', { hasExpired: true }),
  },
  { name: 'archive', fault: 'has one that is revoked', leaf: revokedLeaf },
  {
    name: 'search',
    fault: 'has one without a SPIFFE ID',
    leaf: await issueClient('search', { hasIdentity: false }),
  },
  { name: 'reports', fault: 'is granted nothing', leaf: await issueClient('reports') },
]

/** The client, once its fault is mended. */
export async function mend({ name }: Client): Promise<Client> {
  return { name, fault: 'none', leaf: await issueClient(name) }
}
