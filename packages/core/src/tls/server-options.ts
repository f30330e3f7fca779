import { constants } from 'node:crypto'
import type { SecureContextOptions, TLSSocket, TlsOptions } from 'node:tls'
import type { SessionOptions } from './resumption.js'
import type { ServerMaterial } from './server-material.js'

/** The options of a strict server, for `https`, `http2` and Fastify's `https`. */
export type TlsServerOptions = Readonly<
  Required<
    Pick<
      TlsOptions,
      | 'SNICallback'
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

/** The oldest TLS version that a server accepts. */
export type MinVersion = 'TLSv1.2' | 'TLSv1.3'

/** Where a peer is refused: by OpenSSL in the handshake, or right behind it and before HTTP. */
export type Refusals = 'handshake' | 'recorded'

/** The only place where the options of a server's TLS are written. */
export function createServerOptions(
  material: ServerMaterial,
  trust: {
    readonly bundle: string
    readonly epoch: string
    readonly minVersion: MinVersion
    readonly refusals: Refusals
  },
): TlsServerOptions {
  return Object.freeze({
    ...material,
    ca: trust.bundle,
    requestCert: true,
    rejectUnauthorized: trust.refusals === 'handshake',
    minVersion: trust.minVersion,
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
    sessionIdContext: trust.epoch.slice(0, 32),
    SNICallback: keepContext,
  })
}

/** The options of a context whose sessions can be resumed as `sessions` say. */
export function addSessions(
  serverOptions: TlsServerOptions,
  sessions: SessionOptions,
): SecureContextOptions {
  const secureOptions = sessions.secureOptions | constants.SSL_OP_NO_RENEGOTIATION
  return Object.freeze({ ...serverOptions, ...sessions, secureOptions })
}

/**
 * Whether the handshake of `socket` used the context of its server. A context of a server name has
 * client CAs of its own, all public ones if it names none.
 */
export function usedServerContext(socket: TLSSocket): boolean {
  return typeof socket.servername !== 'string' || keptContext.has(socket)
}

const keptContext = new WeakSet<TLSSocket>()

/** Answers for every server name instead of Node, which would look among the added contexts. */
function keepContext(
  this: unknown,
  _servername: string,
  done: Parameters<NonNullable<TlsOptions['SNICallback']>>[1],
): void {
  // Node calls this as a method of the connection, as its own default requires (`this.server`).
  keptContext.add(this as TLSSocket)
  done(null)
}
