import { EventEmitter, once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { Server, TlsOptions } from 'node:tls'
import { createTlsGate, socketSource } from '@peergate/core'
import type {
  HostOptions,
  PeerRefusal,
  SocketSourceOptions,
  TlsGate,
  TlsGateRules,
} from '@peergate/core'
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
  /** A server for the payments CA without a TLS gate, strict but for `extra`; it answers alike. */
  readonly createServerByHand: (extra?: TlsOptions) => Server
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
  /** The same; undefined if none is refused for five seconds. */
  readonly refusal: () => Promise<PeerRefusal | undefined>
  /** Its code. */
  readonly refusalCode: () => Promise<string | undefined>
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
    createServerByHand: (extra) =>
      createReadingServer({
        cert: certificate,
        key,
        ca: options.clientCas.payments,
        requestCert: true,
        minVersion: 'TLSv1.3',
        ...extra,
      }),
  }
}

function watch(options: OneHostOptions): WatchedGate {
  const refusals = new EventEmitter()
  const first = once(refusals, 'refused') as Promise<[PeerRefusal]>
  const tls = createTlsGate({
    ...options,
    onRefused: (refusal) => refusals.emit('refused', refusal),
  })
  const refused = first.then(([refusal]) => refusal)
  const refusal = async () => Promise.race([refused, wait(5000, undefined, { ref: false })])
  return { tls, refused, refusal, refusalCode: async () => (await refusal())?.error.code }
}

/** A server of `tls` that answers with what its source says of the sender. */
export function createGatedServer(
  tls: TlsGate,
  extra: TlsOptions = {},
  protocol: Protocol = 'http/1.1',
): Server {
  const server = createReadingServer({ ...tls.serverOptions, ...extra }, { tls }, protocol)
  tls.attach(server)
  return server
}

function createReadingServer(
  made: TlsOptions,
  from: SocketSourceOptions = {},
  protocol: Protocol = 'http/1.1',
): Server {
  const source = socketSource(from)
  return createServerOf(protocol, made, (request) => readPeer(source, request))
}
