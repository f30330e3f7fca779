import { EventEmitter, once } from 'node:events'
import type { Server, TlsOptions } from 'node:tls'
import { createTlsGate, socketSource } from '@peergate/core'
import type { HostOptions, PeerRefusal, TlsGate, TlsGateRules } from '@peergate/core'
import { createConformanceGates } from '@peergate/testkit'
import type { LeafRequest, Pki } from '@peergate/testkit'
import { readPeer } from './read-peer.js'
import { createServerOf } from './tls-connection.js'
import type { Protocol } from './tls-connection.js'

/** The options of a TLS gate that is one host for every name. */
export type OneHostOptions = HostOptions & TlsGateRules

/** A PKI with what most tests of TLS need of it. */
export interface TlsSetting {
  readonly pki: Pki
  readonly options: HostOptions
  /** A gate for the payments CA, with `options` of its own. */
  readonly createGate: (options?: Partial<OneHostOptions>) => WatchedGate
  /** What a client trusts, and nothing to prove itself with. */
  readonly anonymous: { readonly ca: string }
  readonly issueClient: (request?: Partial<LeafRequest>) => Promise<ClientCredentials>
}

interface ClientCredentials {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

interface WatchedGate {
  readonly tls: TlsGate
  /** The first peer that the TLS gate refuses. */
  readonly refused: Promise<PeerRefusal>
}

export async function createTlsSetting(): Promise<TlsSetting> {
  const { pki, issueClient } = await createConformanceGates()
  const { certificate, key } = pki.leaf('server')
  const anonymous = { ca: pki.authority('server-ca').certificate }
  const options = {
    server: { cert: certificate, key },
    clientCas: { payments: pki.authority('payments-client-ca').certificate },
  }
  return {
    pki,
    options,
    createGate: (own) => watch({ ...options, ...own }),
    anonymous,
    async issueClient(request) {
      const leaf = await issueClient(request)
      return { ...anonymous, cert: leaf.certificate, key: leaf.key }
    },
  }
}

function watch(options: OneHostOptions): WatchedGate {
  const refusals = new EventEmitter()
  const first = once(refusals, 'refused') as Promise<[PeerRefusal]>
  const tls = createTlsGate({
    ...options,
    onRefused: (refusal) => refusals.emit('refused', refusal),
  })
  return { tls, refused: first.then(([refusal]) => refusal) }
}

/** A server of `tls` that answers with what its source says of the sender. */
export function createGatedServer(
  tls: TlsGate,
  extra: TlsOptions = {},
  protocol: Protocol = 'http/1.1',
): Server {
  const source = socketSource({ tls })
  const server = createServerOf(protocol, { ...tls.serverOptions, ...extra }, (request) =>
    readPeer(source, request),
  )
  tls.attach(server)
  return server
}
