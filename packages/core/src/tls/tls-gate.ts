import { inspect } from 'node:util'
import type { Server, TLSSocket } from 'node:tls'
import * as z from 'zod'
import { PeerGateError } from '../errors.js'
import type { PeerEvidence } from '../evidence.js'
import { parseOptions, strictOptions } from '../options.js'
import { acceptPeer, refusalOf } from './accepted-peer.js'
import { bindServer } from './bind-server.js'
import { loadClientCas } from './client-cas.js'
import { createConnectionMemory } from './connection-memory.js'
import type { ConnectionMemory } from './connection-memory.js'
import { materialSchema } from './material.js'
import type { Material } from './material.js'
import { explainHandshakeFailure } from './refusal.js'
import type { PeerRefusal } from './refusal.js'
import { loadServerMaterial } from './server-material.js'
import { createServerOptions, usedServerContext } from './server-options.js'
import type { MinVersion, TlsServerOptions } from './server-options.js'

export type { TlsServerOptions } from './server-options.js'

export interface TlsGateOptions {
  /** What the server proves itself with. */
  readonly server: {
    /** The leaf certificate, followed by its intermediates. */
    readonly cert: Material
    readonly key: Material
    /** Only for an encrypted key. */
    readonly passphrase?: string | undefined
  }
  /**
   * The CAs whose clients may connect, by the name of their set: `{ payments: 'payments-ca.pem' }`.
   * Public roots are never added.
   */
  readonly clientCas: Readonly<Record<string, Material | readonly Material[]>>
  /** The oldest TLS version accepted; `TLSv1.3` by default. */
  readonly minVersion?: MinVersion
  /**
   * Called for every peer that was refused before HTTP. What it throws, or the promise that it
   * returns rejects with, becomes a process warning with the code `PEERGATE_CALLBACK_THREW`.
   */
  readonly onRefused?: (refusal: PeerRefusal) => unknown
}

/**
 * Decides which peers may finish a handshake, and keeps what their certificates say. It knows no
 * identities and no permissions: that is the gate's business ({@link createPeerGate}).
 */
export interface TlsGate {
  readonly serverOptions: TlsServerOptions
  /**
   * Binds a server that was made with `serverOptions` to this TLS gate, before it listens: the
   * context becomes `serverOptions` and can no longer be changed, and every connection is judged and
   * its certificate captured at `secureConnection`, before HTTP.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for anything but a TLS server, one that
   * listens already, one that another TLS gate is attached to, one with an external session store,
   * or one that was made with other TLS options.
   */
  readonly attach: (server: Server) => void
}

/**
 * The TLS of a strict server. Node's defaults that would let a peer in unverified are closed:
 * certificates are requested and required, renegotiation is refused, no session tickets are issued.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID, ERR_PEERGATE_FILE_UNREADABLE,
 * ERR_PEERGATE_PEM_INVALID, ERR_PEERGATE_CLIENT_CA_INVALID, ERR_PEERGATE_SERVER_CERTIFICATE_INVALID
 * or ERR_PEERGATE_SERVER_KEY_INVALID
 *
 * @example
 * ```ts
 * const tls = createTlsGate({
 *   server: { cert: 'certs/server.pem', key: 'certs/server-key.pem' },
 *   clientCas: { payments: 'certs/payments-client-ca.pem' },
 * })
 * const server = https.createServer(tls.serverOptions, app)
 * tls.attach(server)
 * ```
 */
export function createTlsGate(options: TlsGateOptions): TlsGate {
  const parsed = parseOptions('createTlsGate', tlsGateSchema, options)
  const cas = loadClientCas(parsed.clientCas)
  const material = loadServerMaterial(parsed.server)
  const serverOptions = createServerOptions(material, cas, parsed.minVersion)
  const peers = createConnectionMemory<PeerEvidence>()
  const report = reportTo(parsed.onRefused)

  function judge(socket: TLSSocket): void {
    socket.disableRenegotiation()
    try {
      refuseUnfitHandshake(socket)
      peers.remember(socket, acceptPeer(socket, cas.trustSetOf))
    } catch (cause) {
      socket.destroy()
      void report({ error: refusalOf(cause), reason: null })
    }
  }

  const gate: TlsGate = Object.freeze({
    serverOptions,
    attach(server: Server) {
      if (!bindServer(server, serverOptions)) return
      server.prependListener('secureConnection', judge)
      server.on('tlsClientError', (failure: NodeJS.ErrnoException, socket: TLSSocket) => {
        void report(explainHandshakeFailure(failure, socket.authorizationError))
      })
    },
  })
  peersByGate.set(gate, peers)
  return gate
}

/**
 * The peers that `gate` accepted, by connection; undefined for what {@link createTlsGate} did not
 * make.
 */
export function acceptedPeersOf(gate: TlsGate): ConnectionMemory<PeerEvidence> | undefined {
  return peersByGate.get(gate)
}

const peersByGate = new WeakMap<TlsGate, ConnectionMemory<PeerEvidence>>()

const clientCaSchema = z.union(
  [materialSchema, z.array(materialSchema).min(1, 'must hold at least one CA')],
  { error: 'must be the path of a file, PEM text, bytes of PEM, or a list of these' },
)

const tlsGateSchema = strictOptions({
  server: strictOptions({
    cert: materialSchema,
    key: materialSchema,
    passphrase: z.string().optional(),
  }),
  clientCas: z
    .record(z.string().min(1), clientCaSchema, {
      error: ({ code }) =>
        code === 'invalid_key'
          ? 'must have a name'
          : 'must be sets of CAs by name, such as { payments: "payments-ca.pem" }',
    })
    .refine((sets) => Object.keys(sets).length > 0, 'must name at least one set of CAs'),
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.3'),
  onRefused: z
    .custom<(refusal: PeerRefusal) => unknown>(isFunction, 'must be a function')
    .optional(),
})

function refuseUnfitHandshake(socket: TLSSocket): void {
  // No tickets are issued, so that a resumed session was made by somebody else's keys.
  if (socket.isSessionReused()) {
    throw new PeerGateError('ERR_PEERGATE_SESSION_RESUMED', 'the peer resumed a TLS session')
  }
  if (!usedServerContext(socket)) {
    const fault = 'an SNICallback of the server’s own may have chosen other client CAs; remove it'
    throw new PeerGateError('ERR_PEERGATE_CERTIFICATE_UNTRUSTED', fault)
  }
}

function reportTo(
  onRefused?: (refusal: PeerRefusal) => unknown,
): (refusal: PeerRefusal) => Promise<void> {
  return async (refusal) => {
    try {
      await onRefused?.(Object.freeze(refusal))
    } catch (error) {
      process.emitWarning(`onRefused threw ${inspect(error)}`, {
        type: 'PeergateWarning',
        code: 'PEERGATE_CALLBACK_THREW',
      })
    }
  }
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
