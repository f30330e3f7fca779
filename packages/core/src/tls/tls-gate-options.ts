import * as z from 'zod'
import { parseOptions, strictOptions } from '../options.js'
import { clientCaSetSchema } from './client-ca-set.js'
import type { ClientCasOptions } from './client-cas.js'
import { denylistSchema } from './denylist.js'
import type { DenylistOptions } from './denylist.js'
import { materialSchema } from './material.js'
import type { Material } from './material.js'
import type { PeerRefusal } from './refusal.js'
import { resumptionSchema } from './resumption.js'
import type { ResumptionOptions } from './resumption.js'
import type { MinVersion, Refusals } from './server-options.js'
import type { PeerGateError } from '../errors.js'

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
  readonly clientCas: ClientCasOptions
  /** Certificates that are refused whatever their CA says; see {@link TlsGate.setDenylist}. */
  readonly denylist?: DenylistOptions
  /** The oldest TLS version accepted; `TLSv1.3` by default. */
  readonly minVersion?: MinVersion
  /**
   * Where a peer is refused, with the same guarantee: no byte of HTTP is read from it. `handshake`, the
   * default, lets OpenSSL end the handshake, after which Node no longer knows the certificate.
   * `recorded` finishes the handshake and cuts the connection off right behind it, so that
   * {@link TlsGateOptions.onRefused} is told whose certificate was refused.
   */
  readonly refusals?: Refusals
  /** Whether clients can resume their TLS sessions; they cannot by default. */
  readonly resumption?: ResumptionOptions
  /** When the files are read again; never by default. */
  readonly reload?: ReloadOptions
  /** What becomes of live connections that are no longer accepted. */
  readonly closing?: ClosingOptions
  /**
   * Called for every peer that was refused before HTTP. What it throws, or the promise that it
   * returns rejects with, becomes a process warning with the code `PEERGATE_CALLBACK_THREW`.
   */
  readonly onRefused?: (refusal: PeerRefusal) => unknown
  /**
   * Called after every reload, and once for each state of the files that could not be read. A failure
   * of {@link TlsGate.reload} is thrown to whoever called it, and not told here.
   */
  readonly onReload?: (outcome: ReloadOutcome) => unknown
}

export interface ReloadOptions {
  /** Looks at the files every so many seconds, 0.05 to 3600; also behind symbolic links. */
  readonly every?: number
  /** Reads the files again when the process gets this signal. */
  readonly signal?: 'SIGHUP'
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

export interface ReloadFailure {
  readonly error: PeerGateError
}

/** The options of a TLS gate with their defaults. */
export interface ParsedTlsGateOptions {
  readonly server: TlsGateOptions['server']
  readonly clientCas: ClientCasOptions
  readonly denylist: DenylistOptions
  readonly minVersion: MinVersion
  readonly refusals: Refusals
  readonly resumption?: ResumptionOptions | undefined
  readonly reload: { readonly every?: number | undefined; readonly signal?: 'SIGHUP' | undefined }
  readonly closing: Required<ClosingOptions>
  readonly onRefused?: TlsGateOptions['onRefused'] | undefined
  readonly onReload?: TlsGateOptions['onReload'] | undefined
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID */
export function parseTlsGateOptions(options: TlsGateOptions): ParsedTlsGateOptions {
  return parseOptions('createTlsGate', tlsGateSchema, options)
}

const tlsGateSchema = strictOptions({
  server: strictOptions({
    cert: materialSchema,
    key: materialSchema,
    passphrase: z.string().optional(),
  }),
  clientCas: z
    .record(z.string().min(1), clientCaSetSchema, {
      error: ({ code }) =>
        code === 'invalid_key'
          ? 'must have a name'
          : 'must be sets of CAs by name, such as { payments: "payments-ca.pem" }',
    })
    .refine((sets) => Object.keys(sets).length > 0, 'must name at least one set of CAs'),
  denylist: denylistSchema.default({}),
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.3'),
  refusals: z.enum(['handshake', 'recorded']).default('handshake'),
  resumption: resumptionSchema.optional(),
  reload: strictOptions({
    every: z.number().min(0.05).max(3600).optional(),
    signal: z.enum(['SIGHUP']).optional(),
  }).prefault({}),
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
})

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
