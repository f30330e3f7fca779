import { constants } from 'node:crypto'
import type { SecureContextOptions, TlsOptions } from 'node:tls'
import type { SessionOptions } from './resumption.js'
import type { ServerMaterial } from './server-material.js'

/**
 * The options of a strict server, for `https`, `http2` and Fastify's `https`. Where a TLS gate has
 * hosts, certificate and key are theirs, and the server has none of its own.
 */
export type TlsServerOptions = Readonly<
  Required<
    Pick<
      TlsOptions,
      | 'SNICallback'
      | 'ca'
      | 'minVersion'
      | 'rejectUnauthorized'
      | 'requestCert'
      | 'secureOptions'
      | 'sessionIdContext'
    >
  > &
    Pick<TlsOptions, 'cert' | 'key' | 'passphrase'>
>

/** The oldest TLS version that a server accepts. */
export type MinVersion = 'TLSv1.2' | 'TLSv1.3'

/** Where a peer is refused: by OpenSSL in the handshake, or right behind it and before HTTP. */
export type Refusals = 'handshake' | 'recorded'

/** What every context of a TLS gate has in common. */
export interface ContextRules {
  readonly epoch: string
  readonly minVersion: MinVersion
  /** Where no mode but `strict` refuses anybody in the handshake. */
  readonly refusals: Refusals
  readonly chooseContext: TlsServerOptions['SNICallback']
}

/**
 * The only place where the options of a server's TLS are written. Without a host, nobody is trusted,
 * and there is no certificate to show.
 */
export function createServerOptions(
  host: {
    readonly material: ServerMaterial
    readonly clientCas: { readonly bundle: string }
  } | null,
  { epoch, minVersion, refusals, chooseContext }: ContextRules,
): TlsServerOptions {
  // A list, since Node takes an empty text for the public roots.
  const ca = Object.freeze(host === null ? [] : [host.clientCas.bundle]) as string[]
  const serverOptions: TlsServerOptions = Object.freeze({
    ...host?.material,
    ca,
    requestCert: true,
    rejectUnauthorized: refusals === 'handshake',
    minVersion,
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
    sessionIdContext: epoch.slice(0, 32),
    SNICallback: chooseContext,
  })
  optionsByCa.set(ca, serverOptions)
  return serverOptions
}

/** The options that a server was made with, by its `ca`; undefined where they were others. */
export function serverOptionsBy(ca: unknown): TlsServerOptions | undefined {
  return optionsByCa.get(ca as object)
}

const optionsByCa = new WeakMap<object, TlsServerOptions>()

/** The options of a context whose sessions can be resumed as `sessions` say. */
export function addSessions(
  serverOptions: TlsServerOptions,
  sessions: SessionOptions,
): SecureContextOptions {
  const secureOptions = sessions.secureOptions | constants.SSL_OP_NO_RENEGOTIATION
  return Object.freeze({ ...serverOptions, ...sessions, secureOptions })
}
