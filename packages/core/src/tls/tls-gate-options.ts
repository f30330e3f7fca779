import * as z from 'zod'
import { lazily } from '../lazily.js'
import { optionError, parseOptions, schemaBy, strictOptions } from '../options.js'
import { problemTypeBaseSchema } from '../problem-details.js'
import { reloadSchema } from '../reload/reload-options.js'
import type { ParsedReloadOptions, ReloadFailure, ReloadOptions } from '../reload/reload-options.js'
import { gateNameSchema, rolloutModes } from '../rollout-mode.js'
import type { RolloutMode } from '../rollout-mode.js'
import { denylistSchema } from './denylist.js'
import type { DenylistOptions } from './denylist.js'
import { hostShape, hostsSchema } from './host-options.js'
import type { HostName, HostOptions } from './host-options.js'
import type { PeerRefusal } from './refusal.js'
import { resumptionSchema } from './resumption.js'
import type { ResumptionOptions } from './resumption.js'
import type { MinVersion, Refusals } from './server-options.js'

/**
 * A TLS gate is one host for every name that clients ask for, or several by name: `server` and
 * `clientCas` stand in the options themselves, or in each of `hosts`.
 */
export type TlsGateOptions = TlsGateRules &
  (
    | (HostOptions & { readonly hosts?: never })
    | {
        /**
         * The hosts by DNS name, in lower case, each with a certificate that bears its name and with
         * client CA sets of its own. A client that asks for another name (SNI), or for none, is
         * refused in the handshake; a request to another host than its connection is for gets 421.
         * A set may be anchored at an intermediate alone. A set of one name is the same at every host.
         */
        readonly hosts: Readonly<Record<string, HostOptions>>
        readonly server?: never
        readonly clientCas?: never
      }
  )

/** How a TLS gate treats all of its connections. */
export interface TlsGateRules {
  /** What the gate is called in events, metrics and logs; `default` without it. */
  readonly name?: string
  /**
   * How far the service has come: `strict`, the default, refuses whoever is not accepted before HTTP;
   * `enforce` answers them with 401; `observe` lets every request go on, and records what would have been.
   */
  readonly mode?: RolloutMode
  /**
   * Where a user's own pages on the codes begin, for the answers of `enforce`; see
   * {@link RefusalAnswerOptions}.
   */
  readonly problemTypeBase?: string
  /** Certificates that are refused whatever their CA says; see {@link TlsGate.setDenylist}. */
  readonly denylist?: DenylistOptions
  /** The oldest TLS version accepted; `TLSv1.3` by default. */
  readonly minVersion?: MinVersion
  /**
   * Where a peer is refused, with the same guarantee: no byte of HTTP is read from it. `handshake`, the
   * default, lets OpenSSL end the handshake, after which Node no longer knows the certificate.
   * `recorded` finishes the handshake and cuts the connection off right behind it, so that
   * {@link TlsGateRules.onRefused} is told whose certificate was refused. For the mode `strict` alone.
   */
  readonly refusals?: Refusals
  /** Whether clients can resume their TLS sessions; they cannot by default. */
  readonly resumption?: ResumptionOptions
  /** When the files are read again; never by default. */
  readonly reload?: ReloadOptions
  /** What becomes of live connections that are no longer accepted. */
  readonly closing?: ClosingOptions
  /**
   * Called for every peer that was refused before HTTP, and once for every live connection that is
   * closed because its peer is no longer accepted. What it throws, or the promise that it
   * returns rejects with, becomes a process warning with the code `PEERGATE_CALLBACK_THREW`.
   */
  readonly onRefused?: (refusal: PeerRefusal) => unknown
  /**
   * Called after every reload, and once for each state of the files that could not be read. A failure
   * of {@link TlsGate.reload} is thrown to whoever called it, and not told here.
   */
  readonly onReload?: (outcome: ReloadOutcome) => unknown
}

export interface ClosingOptions {
  /** For how many seconds a connection that is being closed may still answer; 10 by default. */
  readonly within?: number
  /** Whether a connection is closed when its certificate ends; false by default. */
  readonly atExpiry?: boolean
}

/** What came of a reload. After an error, everything is as it was. */
export type ReloadOutcome = ReloadSuccess | ReloadFailure

export interface ReloadSuccess {
  readonly error: null
  /** The epoch that is in force now. */
  readonly epoch: string
  /** Whether the epoch is a new one: what is trusted changed, not only how it is written. */
  readonly isNewEpoch: boolean
}

/** The options of a TLS gate with their defaults. */
export interface ParsedTlsGateOptions {
  readonly name: string
  readonly mode: RolloutMode
  readonly problemTypeBase?: string | undefined
  /** By name; or one under null, for every name. */
  readonly hosts: ReadonlyMap<HostName, HostOptions>
  readonly denylist: DenylistOptions
  readonly minVersion: MinVersion
  readonly refusals: Refusals
  readonly resumption?: ResumptionOptions | undefined
  readonly reload: ParsedReloadOptions
  readonly closing: Required<ClosingOptions>
  readonly onRefused?: TlsGateRules['onRefused'] | undefined
  readonly onReload?: TlsGateRules['onReload'] | undefined
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID */
export function parseTlsGateOptions(options: TlsGateOptions): ParsedTlsGateOptions {
  const { refusals, ...parsed } = parseOptions('createTlsGate', tlsGateSchema(), options)
  if (parsed.mode === 'strict') return { ...parsed, refusals: refusals ?? 'handshake' }
  if (refusals === undefined) return { ...parsed, refusals: 'recorded' }
  const fault = `option "refusals" is for the mode "strict"; "${parsed.mode}" refuses nobody before HTTP`
  throw optionError('createTlsGate', fault)
}

interface WrittenTlsGateOptions extends Omit<ParsedTlsGateOptions, 'refusals'> {
  readonly refusals?: Refusals | undefined
}

const rulesShape = lazily(() => ({
  name: gateNameSchema(),
  mode: z.enum(rolloutModes).default('strict'),
  problemTypeBase: problemTypeBaseSchema().exactOptional(),
  denylist: denylistSchema().default({}),
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.3'),
  refusals: z.enum(['handshake', 'recorded']).optional(),
  resumption: resumptionSchema().optional(),
  reload: reloadSchema(),
  closing: strictOptions({
    within: z.number().min(0).max(3600).default(10),
    atExpiry: z.boolean().default(false),
  }).prefault({}),
  onRefused: z
    .custom<(refusal: PeerRefusal) => unknown>(isFunction, 'must be a function')
    .optional(),
  onReload: z
    .custom<(outcome: ReloadOutcome) => unknown>(isFunction, 'must be a function')
    .optional(),
}))

const oneHostSchema = lazily(() =>
  strictOptions({
    ...hostShape(),
    hosts: z.never().exactOptional(),
    ...rulesShape(),
  }).transform(({ server, clientCas, hosts: _hosts, ...rules }) => ({
    ...rules,
    hosts: new Map<HostName, HostOptions>([[null, { server, clientCas }]]),
  })),
)

const severalHostsSchema = lazily(() => {
  const ofEachHost = z.never('belongs to each of the hosts').exactOptional()
  return strictOptions({
    server: ofEachHost,
    clientCas: ofEachHost,
    hosts: hostsSchema(),
    ...rulesShape(),
  }).transform(({ hosts, server: _server, clientCas: _clientCas, ...rules }) => ({
    ...rules,
    hosts: new Map<HostName, HostOptions>(Object.entries(hosts)),
  }))
})

const tlsGateSchema = lazily(() =>
  schemaBy<WrittenTlsGateOptions>((options) =>
    namesHosts(options) ? severalHostsSchema() : oneHostSchema(),
  ),
)

function namesHosts(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'hosts' in options
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
