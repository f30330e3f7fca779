import { X509Certificate } from 'node:crypto'
import { createTlsGate } from '@peergate/core'
import type { TlsGate } from '@peergate/core'
import { conformanceDeclaration, proxyId } from '../conformance-gates.js'
import { mintPki } from '../mint-pki.js'
import type { MintedLeaf, Pki } from '../mint-pki.js'
import type { LeafRequest } from '../pki-declaration.js'

/** The certificate of a client, minted once for all the cases that ask with it. */
export interface Peer extends MintedLeaf {
  readonly fingerprint256: string
}

/** The PKI of the decision cases, and the TLS gate that all of them come through. */
export interface DecisionPeers {
  readonly tls: TlsGate
  /** PEM of the CA that signed the server. */
  readonly serverCa: string
  readonly issue: (request: Partial<LeafRequest>) => Promise<Peer>
}

/** The certificate of the proxy that is trusted to forward others. */
export const proxyLeaf: Partial<LeafRequest> = { issuer: 'batch-client-ca', uri: [proxyId] }

/** The same for every application of this process. */
export async function meetPeers(): Promise<DecisionPeers> {
  peers ??= mintPki(conformanceDeclaration).then(createPeers)
  return peers
}

let peers: Promise<DecisionPeers> | undefined

function createPeers(pki: Pki): DecisionPeers {
  const server = pki.leaf('server')
  const issued = new Map<string, Promise<Peer>>()
  return {
    tls: createTlsGate({
      server: { cert: server.certificate, key: server.key },
      clientCas: {
        payments: pki.authority('payments-client-ca').certificate,
        batch: pki.authority('batch-client-ca').certificate,
      },
    }),
    serverCa: pki.authority('server-ca').certificate,
    issue(request) {
      const key = JSON.stringify(request)
      const peer = issued.get(key) ?? issuePeer(pki, request)
      issued.set(key, peer)
      return peer
    },
  }
}

async function issuePeer(pki: Pki, request: Partial<LeafRequest>): Promise<Peer> {
  const leaf = await pki.issue({
    issuer: 'payments-client-ca',
    subject: 'O=Example',
    usage: 'client',
    ...request,
  })
  return { ...leaf, fingerprint256: new X509Certificate(leaf.certificate).fingerprint256 }
}
