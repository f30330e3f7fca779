import { X509Certificate } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import {
  createPeerGate,
  createTlsGate,
  definePolicy,
  forwardedSource,
  rfc9440,
  socketSource,
  spiffe,
  trustedByCertificate,
} from '@peergate/core'
import type {
  HostOptions,
  IdentityRule,
  PeerGate,
  PeerRefusal,
  PeerSource,
  RolloutMode,
  TlsGate,
} from '@peergate/core'
import { mintPki } from './mint-pki.js'
import type { MintedLeaf, Pki } from './mint-pki.js'
import type { LeafRequest, PkiDeclaration } from './pki-declaration.js'

export const conformanceDeclaration: PkiDeclaration = {
  authorities: {
    'server-ca': { purpose: 'Signs the server.', subject: 'CN=Server CA,O=Example' },
    'payments-client-ca': {
      purpose: 'Signs the clients of one set.',
      subject: 'CN=Payments Client CA,O=Example',
    },
    'payments-intermediate': {
      purpose: 'Signs clients below payments-client-ca.',
      subject: 'CN=Payments Intermediate,O=Example',
      issuer: 'payments-client-ca',
    },
    'batch-client-ca': {
      purpose: 'Signs the clients of the other set.',
      subject: 'CN=Batch Client CA,O=Example',
    },
    'rogue-client-ca': {
      purpose: 'Bears the name and the key identifier of payments-client-ca.',
      subject: 'CN=Payments Client CA,O=Example',
      keyIdentifierOf: 'payments-client-ca',
    },
  },
  leaves: {
    server: {
      purpose: 'The server.',
      issuer: 'server-ca',
      subject: 'CN=localhost',
      usage: 'server',
      dns: ['localhost'],
      ip: ['127.0.0.1'],
    },
  },
}

const permissions = ['invoice:read', 'invoice:write'] as const

/** The permissions of the conformance suite's policy. */
export type ConformancePermission = (typeof permissions)[number]

/** The PKI and the gates that the conformance suite gives to every adapter. */
export interface ConformanceGates {
  readonly pki: Pki
  readonly tls: TlsGate
  readonly gate: PeerGate<ConformancePermission>
  /** The first peer that the TLS gate refuses. */
  readonly refused: Promise<PeerRefusal>
  /** A client certificate of the payments CA, with `request` instead of its parts. */
  readonly issueClient: (request?: Partial<LeafRequest>) => Promise<MintedLeaf>
  /** A client whose certificate the payments CA has revoked; with the option `mode` alone. */
  readonly revoked: MintedLeaf | null
}

/** The SPIFFE ID that may read and not write. */
export const readerId = 'spiffe://prod.example/ns/payments/sa/reader'

export interface ConformanceGatesOptions {
  /** Whether the TLS gate has the host `localhost` alone, in the place of one for every name. */
  readonly byHost?: boolean
  /** Whether the gate identifies the clients that {@link proxyId} forwards, and nobody else. */
  readonly behindProxy?: boolean
  /**
   * What the gates do about those they refuse; `strict` without it. With it, their payments CA has a
   * revocation list.
   */
  readonly mode?: RolloutMode
}

/** What both gates of the conformance suite are called in their events. */
export const gateName = 'conformance'

/** The proxy that is trusted with `behindProxy`, if the batch CA says so. */
export const proxyId = 'spiffe://prod.example/ns/edge/sa/proxy'

/** The headers in which that proxy forwards a certificate (RFC 9440), which comes in PEM. */
export function forwardedHeaders(certificate: string): Readonly<Record<string, string>> {
  const { raw } = new X509Certificate(certificate)
  return { 'client-cert': `:${raw.toString('base64')}:` }
}

/** The clients of that proxy, whom it verifies or forwards without a word. */
export function readForwarded(
  tls: TlsGate,
  identity: IdentityRule,
  proxyVerifies: boolean,
): PeerSource {
  return forwardedSource({
    contract: rfc9440({ proxyVerifies }),
    trustedProxies: trustedByCertificate({ tls, identity, allow: [proxyId], trustSet: 'batch' }),
    trustSet: 'payments',
    mode: tls.mode === 'observe' ? 'observe' : 'enforce',
  })
}

export async function createConformanceGates({
  byHost = false,
  behindProxy = false,
  mode,
}: ConformanceGatesOptions = {}): Promise<ConformanceGates> {
  const pki = await mintPki(conformanceDeclaration)
  const issueClient = (request?: Partial<LeafRequest>) =>
    pki.issue({
      issuer: 'payments-client-ca',
      subject: 'CN=reader',
      usage: 'client',
      uri: [readerId],
      ...request,
    })
  const revoked = mode === undefined ? null : await issueClient()
  const host = await createHost(pki, revoked)
  const refusals = new EventEmitter()
  const refused = once(refusals, 'refused').then(
    ([refusal]: PeerRefusal[]) => refusal as PeerRefusal,
  )
  const tls = createTlsGate({
    name: gateName,
    ...(byHost ? { hosts: { localhost: host } } : host),
    ...(mode !== undefined && { mode }),
    onRefused: (refusal) => refusals.emit('refused', refusal),
  })
  const policy = definePolicy({
    identity: 'spiffe',
    permissions,
    grants: [{ identity: 'spiffe://prod.example/ns/payments/sa/*', allow: ['invoice:read'] }],
  })
  const identity = spiffe({ trustDomain: 'prod.example' })
  const source = behindProxy ? readForwarded(tls, identity, true) : socketSource({ tls })
  const gate = createPeerGate({ name: gateName, source, identity, policy })
  return { pki, tls, gate, refused, issueClient, revoked }
}

async function createHost(pki: Pki, revoked: MintedLeaf | null): Promise<HostOptions> {
  const { certificate, key } = pki.leaf('server')
  const issuer = 'payments-client-ca'
  const anchors = pki.authority(issuer).certificate
  const batch = pki.authority('batch-client-ca').certificate
  const server = { cert: certificate, key }
  if (revoked === null) return { server, clientCas: { payments: anchors, batch } }
  const list = await pki.revocationList({ issuer, serialNumbers: [revoked.serialNumber] })
  const payments = { anchors, revocation: { lists: list.pem } }
  return { server, clientCas: { payments, batch } }
}
