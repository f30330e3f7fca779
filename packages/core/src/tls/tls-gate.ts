import type { Server } from 'node:tls'
import { createProblemDetails } from '../problem-details.js'
import { createReloader } from '../reload/reloader.js'
import { warnOfObserving } from '../rollout-mode.js'
import type { RolloutMode } from '../rollout-mode.js'
import { createGateEvents } from '../telemetry/gate-events.js'
import { createReloadEvents } from '../telemetry/reload-events.js'
import { createAttachment } from './attachment.js'
import type { Attachment } from './attachment.js'
import type { ConfiguredAuthority, ConfiguredRevocationList } from './authorities.js'
import type { DenylistOptions } from './denylist.js'
import { createRefusalReport } from './refusal-report.js'
import { createServerNames } from './server-names.js'
import type { TlsServerOptions } from './server-options.js'
import { parseTlsGateOptions } from './tls-gate-options.js'
import type { ParsedTlsGateOptions, ReloadSuccess, TlsGateOptions } from './tls-gate-options.js'
import { createTrustStore, listPaths } from './trust-store.js'
import type { TrustStore } from './trust-store.js'

/**
 * Decides which peers may finish a handshake, keeps what their certificates say, and judges them
 * again when the trust changes. It knows no identities and no permissions: that is the gate's
 * business ({@link createPeerGate}).
 */
export interface TlsGate {
  /** The option `name`. */
  readonly name: string
  readonly mode: RolloutMode
  /** For `https`, `http2` and Fastify; of the newest material that was read. */
  readonly serverOptions: TlsServerOptions
  /**
   * The SHA-256 over what is trusted and what is revoked, in hexadecimal. Processes with the same
   * trust have the same epoch; a new one means that every live connection was judged again.
   */
  readonly epoch: string
  /** The names of the client CA sets, which no reload changes. */
  readonly trustSets: readonly string[]
  /**
   * Binds a server that was made with `serverOptions` to this TLS gate, before it listens: its
   * context can be changed by this TLS gate alone, and every connection is judged and its certificate
   * captured at `secureConnection`, before HTTP.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for anything but a TLS server, one that
   * listens already, one that another TLS gate is attached to, one with an external session store,
   * one that was made with other TLS options or, in the mode `enforce`, one that does not speak HTTP.
   */
  readonly attach: (server: Server) => void
  /**
   * Reads all files again and, if everything is in order, puts them in force on every attached server
   * at once: new handshakes see the new material, live connections are judged again, and those that
   * are no longer accepted are closed, unless the mode is `observe`.
   *
   * @throws {PeerGateError} what {@link createTlsGate} throws; then everything stays as it was.
   */
  readonly reload: () => Promise<ReloadSuccess>
  /**
   * Replaces the denylist, at once and without reading a file. Live connections are judged again.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID; then the old list stays in force.
   */
  readonly setDenylist: (denylist: DenylistOptions) => void
  /** What is in force now, for those who operate the service. */
  readonly status: () => TlsGateStatus
  /** Stops looking at files and signals. Servers and connections are not touched. */
  readonly close: () => void
}

/** What a TLS gate has in force; frozen. */
export interface TlsGateStatus {
  readonly name: string
  readonly mode: RolloutMode
  readonly epoch: string
  /** How many connections are open whose peer is accepted. */
  readonly liveConnections: number
  readonly authorities: readonly ConfiguredAuthority[]
  readonly revocationLists: readonly ConfiguredRevocationList[]
}

/**
 * The TLS of a server, which is strict unless `mode` says otherwise. Node's defaults that would let a peer in unverified are closed:
 * certificates are requested and required, renegotiation is refused, and no session tickets are issued
 * unless `resumption` says so.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID, ERR_PEERGATE_FILE_UNREADABLE,
 * ERR_PEERGATE_PEM_INVALID, ERR_PEERGATE_CLIENT_CA_INVALID, ERR_PEERGATE_REVOCATION_LIST_INVALID,
 * ERR_PEERGATE_SERVER_CERTIFICATE_INVALID or ERR_PEERGATE_SERVER_KEY_INVALID
 *
 * @example
 * ```ts
 * const tls = createTlsGate({
 *   server: { cert: 'certs/server.pem', key: 'certs/server-key.pem' },
 *   clientCas: { payments: 'certs/payments-client-ca.pem' },
 *   reload: { every: 0.5 },
 * })
 * const server = https.createServer(tls.serverOptions, app)
 * tls.attach(server)
 * ```
 *
 * @example
 * ```ts
 * const tls = createTlsGate({
 *   hosts: {
 *     'payments.example': { server: paymentsServer, clientCas: { payments: 'payments-ca.pem' } },
 *     'batch.example': { server: batchServer, clientCas: { batch: 'batch-ca.pem' } },
 *   },
 * })
 * ```
 */
export function createTlsGate(options: TlsGateOptions): TlsGate {
  const parsed = parseTlsGateOptions(options)
  const { name, mode } = parsed
  const events = createGateEvents(name, mode)
  const reloader = createReloader<ReloadSuccess>({
    ...parsed,
    events: createReloadEvents(events, 'tls', ({ epoch }) => epoch),
    paths: listPaths(parsed),
    // PEM that is cut off is refused, and taking a change late would leave the trust as it was.
    waitsForStillness: false,
    load: () => reloadStore(store),
  })
  const names = createServerNames(parsed.hosts, () => store.current())
  const store = createTrustStore(parsed, names.chooseContext, () => attachment.apply())
  const attachment = createAttachment({
    current: store.current,
    names,
    mode,
    events,
    report: createRefusalReport({ mode, events, onRefused: parsed.onRefused }),
    createProblem: createProblemDetails(parsed.problemTypeBase),
    closeWithin: parsed.closing.within * 1000,
    closeAtExpiry: parsed.closing.atExpiry,
    mayResume: parsed.resumption !== undefined,
  })
  if (mode === 'observe') warnOfObserving('createTlsGate', name)
  reloader.start()

  const gate: TlsGate = Object.freeze({
    name,
    mode,
    get serverOptions() {
      return store.current().serverOptions
    },
    get epoch() {
      return store.current().epoch
    },
    trustSets: setNamesOf(parsed),
    attach: attachment.attach,
    reload: async () => reloader.reload(),
    setDenylist: store.setDenylist,
    status() {
      const { epoch, authorities, revocationLists } = store.current()
      const liveConnections = attachment.countLive()
      return Object.freeze({ name, mode, epoch, liveConnections, authorities, revocationLists })
    },
    close: reloader.stop,
  })
  readersByGate.set(gate, attachment)
  return gate
}

function reloadStore(store: TrustStore): ReloadSuccess {
  const { epoch: before } = store.current()
  store.reload()
  const { epoch } = store.current()
  return Object.freeze({ error: null, epoch, isNewEpoch: epoch !== before })
}

function setNamesOf({ hosts }: ParsedTlsGateOptions): readonly string[] {
  const names = [...hosts.values()].flatMap(({ clientCas }) => Object.keys(clientCas))
  return Object.freeze([...new Set(names)])
}

/** What a TLS gate tells of a connection; undefined and null for one that it did not accept. */
export type PeerReader = Pick<Attachment, 'hostOf' | 'readPeer' | 'unverifiedPeerOf'>

/** What tells of the peers of `gate`; undefined for what {@link createTlsGate} did not make. */
export function peerReaderOf(gate: TlsGate): PeerReader | undefined {
  return readersByGate.get(gate)
}

const readersByGate = new WeakMap<TlsGate, PeerReader>()
