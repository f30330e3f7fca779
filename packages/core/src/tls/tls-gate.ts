import { constants, createHash } from 'node:crypto'
import { Server, createSecureContext } from 'node:tls'
import type { TLSSocket, TlsOptions } from 'node:tls'
import * as z from 'zod'
import { PeerGateError } from '../errors.js'
import type { PeerEvidence } from '../evidence.js'
import { optionError, parseOptions, strictOptions } from '../options.js'
import { acceptPeer, refusalOf } from './accepted-peer.js'
import { loadClientCas } from './client-cas.js'
import type { ClientCas } from './client-cas.js'
import { createConnectionMemory } from './connection-memory.js'
import type { ConnectionMemory } from './connection-memory.js'
import { materialSchema } from './material.js'
import type { Material } from './material.js'
import { explainHandshakeFailure } from './refusal.js'
import type { PeerRefusal } from './refusal.js'
import { loadServerMaterial } from './server-material.js'
import type { ServerMaterial } from './server-material.js'

export interface TlsGateOptions {
  /** What the server proves itself with. */
  readonly server: {
    /** The leaf certificate, followed by its intermediates. */
    readonly cert: Material
    readonly key: Material
    /** Only for an encrypted key. */
    readonly passphrase?: string
  }
  /**
   * The CAs whose clients may connect, by the name of their set: `{ payments: 'payments-ca.pem' }`.
   * Public roots are never added.
   */
  readonly clientCas: Readonly<Record<string, Material | readonly Material[]>>
  /** The oldest TLS version accepted; `TLSv1.3` by default. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3'
  /** Called for every peer that was refused before HTTP; what it throws becomes a process warning. */
  readonly onRefused?: (refusal: PeerRefusal) => void
}

/** The options of a strict server, for `https`, `http2` and Fastify's `https`. */
export type TlsServerOptions = Readonly<
  Required<
    Pick<
      TlsOptions,
      | 'ca'
      | 'cert'
      | 'key'
      | 'minVersion'
      | 'rejectUnauthorized'
      | 'requestCert'
      | 'secureOptions'
      | 'sessionIdContext'
    >
  > &
    Pick<TlsOptions, 'passphrase'>
>

/**
 * Decides which peers may finish a handshake, and keeps what their certificates say. It knows no
 * identities and no permissions: that is the gate's business ({@link createPeerGate}).
 */
export interface TlsGate {
  readonly serverOptions: TlsServerOptions
  /**
   * Binds a server to this TLS gate: its context becomes `serverOptions`, and every connection is
   * judged and its certificate captured at `secureConnection`, before HTTP.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for anything but a TLS server, one that
   * another TLS gate is attached to, or one with an external session store.
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
  const serverOptions = buildServerOptions(material, cas, parsed.minVersion)
  const peers = createConnectionMemory<PeerEvidence>()
  const report = reportTo(parsed.onRefused)

  function judge(socket: TLSSocket): void {
    socket.disableRenegotiation()
    try {
      refuseResumption(socket)
      peers.remember(socket, acceptPeer(socket, cas.trustSetOf))
    } catch (cause) {
      socket.destroy()
      report({ error: refusalOf(cause), reason: null })
    }
  }

  const gate: TlsGate = Object.freeze({
    serverOptions,
    attach(server: Server) {
      if (attachedGates.get(server) === gate) return
      refuseUnfitServer(server)
      attachedGates.set(server, gate)
      server.setSecureContext(serverOptions)
      server.prependListener('secureConnection', judge)
      server.on('tlsClientError', (failure: NodeJS.ErrnoException, socket: TLSSocket) => {
        report(explainHandshakeFailure(failure, socket.authorizationError))
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
const attachedGates = new WeakMap<Server, TlsGate>()

const tlsGateSchema = strictOptions({
  server: strictOptions({
    cert: materialSchema,
    key: materialSchema,
    passphrase: z.string().exactOptional(),
  }),
  clientCas: z
    .record(z.string().min(1), z.union([materialSchema, z.array(materialSchema).min(1)]))
    .refine((sets) => Object.keys(sets).length > 0, 'must name at least one set of CAs'),
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.3'),
  onRefused: z.custom<(refusal: PeerRefusal) => void>(isFunction, 'must be a function').optional(),
})

function buildServerOptions(
  { cert, key, passphrase }: ServerMaterial,
  cas: ClientCas,
  minVersion: 'TLSv1.2' | 'TLSv1.3',
): TlsServerOptions {
  const serverOptions: TlsServerOptions = Object.freeze({
    cert,
    key,
    ...(passphrase === undefined ? {} : { passphrase }),
    ca: [...cas.certificates],
    requestCert: true,
    rejectUnauthorized: true,
    minVersion,
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
    // A session belongs to the trust it was made under, should anybody ever share ticket keys.
    sessionIdContext: createHash('sha256').update(cas.fingerprints).digest('hex').slice(0, 32),
  })
  createSecureContext(serverOptions)
  return serverOptions
}

function refuseUnfitServer(server: Server): void {
  if (!(server instanceof Server)) {
    throw optionError('attach', 'the server must be a TLS server, made with serverOptions')
  }
  if (attachedGates.has(server)) {
    throw optionError('attach', 'another TLS gate is attached to this server')
  }
  for (const event of ['newSession', 'resumeSession']) {
    if (server.listenerCount(event) > 0) {
      throw optionError('attach', `the server must not have an external session store (${event})`)
    }
  }
}

/** No tickets are issued, so that a resumed session was made by somebody else's keys. */
function refuseResumption(socket: TLSSocket): void {
  if (!socket.isSessionReused()) return
  throw new PeerGateError('ERR_PEERGATE_SESSION_RESUMED', 'the peer resumed a TLS session')
}

function reportTo(onRefused?: (refusal: PeerRefusal) => void): (refusal: PeerRefusal) => void {
  return (refusal) => {
    try {
      onRefused?.(Object.freeze(refusal))
    } catch (error) {
      process.emitWarning(`onRefused threw: ${String(error)}`, {
        type: 'PeergateWarning',
        code: 'PEERGATE_CALLBACK_THREW',
      })
    }
  }
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
