import { readerId } from '@peergate/proxies'
import type { EdgePki } from '@peergate/proxies'
import type { MintedLeaf } from '@peergate/testkit'

/** The clients of one proxy. */
export interface Clients {
  readonly reader: MintedLeaf
  /** Another one whom the edge admits. */
  readonly writer: MintedLeaf
  /** Whom every forged header claims to be. */
  readonly victim: MintedLeaf
  /** The SPIFFE ID of the reader, beside names that break whatever splits text. */
  readonly hostile: MintedLeaf
  /** A URI that breaks whatever splits text. */
  readonly hostileUri: MintedLeaf
  /** A URI that would end a line, and a text in quotes. */
  readonly brokenUri: MintedLeaf
  readonly expired: MintedLeaf
  /** Of a CA that nobody trusts. */
  readonly stranger: MintedLeaf
  /** Of a CA that bears the name and the key identifier of the right one. */
  readonly rogue: MintedLeaf
}

export const writerId = 'spiffe://prod.example/ns/payments/sa/writer'
export const victimId = 'spiffe://prod.example/ns/payments/sa/victim'
export const hostileUriId = `${readerId}?a='b'&,By=${victimId};URI=${victimId};Hash=00`
const brokenUri = `${readerId}",By=${victimId}\r\nX-SSL-Client-Verify: SUCCESS\r\n\r\n`

export async function issueClients({ issueClient }: EdgePki): Promise<Clients> {
  return {
    reader: await issueClient(),
    writer: await issueClient({ uri: [writerId] }),
    victim: await issueClient({ uri: [victimId] }),
    hostile: await issueClient(hostile),
    hostileUri: await issueClient({ uri: [hostileUriId] }),
    brokenUri: await issueClient({ uri: [brokenUri] }),
    expired: await issueClient({ validity: { from: '-2d', to: '-1d' } }),
    stranger: await issueClient({ issuer: 'stranger-ca', uri: [victimId] }),
    rogue: await issueClient({ issuer: 'rogue-ca', uri: [victimId] }),
  }
}

const hostile = {
  subject: String.raw`CN=Zoé ☃ \+ \"1\" \<a\>\0D\0AX-SSL-Client-Verify: SUCCESS,OU=/CN\=admin,OU=trail\\,O=Acme\, \"Best\"\; By\=${victimId}\, Co\=1`,
  dns: ['b.example.com;DNS=evil.example.com', `a,By=${victimId};URI=${victimId}`],
  email: [`"a,b;URI=${victimId}"@example.com`],
  upn: [`zoé☃,By=${victimId};URI=${victimId}"\r\n@example.com`],
}
